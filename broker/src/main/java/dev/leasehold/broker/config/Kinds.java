package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.TaskKeys;
import dev.leasehold.broker.task.Delegation;
import dev.leasehold.broker.task.TaskKind;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Makes the records of the kinds. */
final class Kinds {
  private Kinds() {}

  static Map<String, TaskKind> of(Document document) {
    Map<String, TaskKind> kinds = new HashMap<>();
    document.kinds().forEach((name, section) -> kinds.put(name, kind(name, section)));
    return kinds;
  }

  private static TaskKind kind(String name, Section section) {
    return new TaskKind(
        name,
        Set.copyOf(Document.values(section, TaskKeys.AGENTS)),
        Set.copyOf(Document.values(section, TaskKeys.PURPOSES)),
        section.get(TaskKeys.TTL),
        section.find(TaskKeys.IDLE).filter(Duration::isPositive),
        section.get(TaskKeys.DRAIN),
        section.get(TaskKeys.MAX_OPEN),
        section.get(TaskKeys.VAULT).get(TaskKeys.ROLE),
        Document.values(section, TaskKeys.DESTINATIONS),
        section.find(TaskKeys.AUTONOMY),
        section.find(TaskKeys.DELEGATION).map(Kinds::delegation),
        section.find(TaskKeys.AGENT_PROOF),
        section.get(TaskKeys.SHARED_TOKEN));
  }

  private static Delegation delegation(Section section) {
    return new Delegation(
        Document.values(section, TaskKeys.TO),
        Document.values(section, TaskKeys.FROM),
        section.get(TaskKeys.DEPTH),
        section.get(TaskKeys.CHILDREN));
  }
}
