package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Reading;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.DelegationKeys;
import dev.leasehold.broker.config.keys.RootKeys;
import dev.leasehold.broker.config.keys.TaskKeys;
import dev.leasehold.broker.task.Autonomy;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Grants are taken of peers only. Points out delegation that can never go as far as it is written.
 */
final class DelegationChecks {
  private DelegationChecks() {}

  static void run(Document document, Reading reading) {
    Optional<Section> elsewhere = document.root().find(RootKeys.DELEGATION);
    Set<String> peers =
        elsewhere
            .flatMap(section -> section.find(DelegationKeys.PEERS))
            .map(found -> Set.copyOf(found.keySet()))
            .orElse(Set.of());
    boolean takesGrants = false;
    for (Section kind : document.kinds().values()) {
      for (Located<String> sidecar :
          kind.find(TaskKeys.DELEGATION)
              .map(section -> Document.located(section, TaskKeys.FROM))
              .orElse(List.of())) {
        takesGrants = true;
        if (!peers.contains(sidecar.value())) {
          reading.error(sidecar.path(), sidecar.line(), "is none of delegation.peers");
        }
      }
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
    if (takesGrants && elsewhere.isPresent() && !elsewhere.get().isWritten(DelegationKeys.LISTEN)) {
      reading.warning(
          elsewhere.get().path(),
          elsewhere.get().line(),
          "grants are taken, and without listen nobody can say that the task behind one has ended");
    }
  }
}
