package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Reading;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.TaskKeys;
import dev.leasehold.broker.task.Autonomy;
import java.util.Optional;

/** Points out delegation that can never go as far as it is written. */
final class DelegationChecks {
  private DelegationChecks() {}

  static void run(Document document, Reading reading) {
    for (Section kind : document.kinds().values()) {
      Optional<Section> delegation = kind.find(TaskKeys.DELEGATION);
      Optional<Autonomy> level = kind.find(TaskKeys.AUTONOMY);
      if (delegation.isPresent() && level.isPresent()) {
        int deepest = level.get().deepestDelegation();
        delegation
            .get()
            .find(TaskKeys.DEPTH)
            .filter(depth -> depth > deepest)
            .ifPresent(
                depth ->
                    reading.warning(
                        delegation.get().path(),
                        delegation.get().line(),
                        "allows "
                            + depth
                            + " delegations in a row, and autonomy: "
                            + level.get().word()
                            + " permits "
                            + deepest));
      }
    }
  }
}
