package dev.leasehold.broker.policy;

import dev.leasehold.broker.destination.CanonicalPath;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.policy.Intent.Agreement;
import dev.leasehold.broker.task.Autonomy;
import dev.leasehold.broker.task.Task;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The decision input: all that a rule, or an engine, can know of one call, and the same for each of
 * them. {@link Fact} lists it; there is never a header's value, a body or a query in it.
 *
 * @param autonomy the stricter of the agent's and the kind's
 * @param destination null at the opening of a task
 * @param credential null where none is used
 * @param tickets what humans have agreed to for this one call
 * @param breakGlass by which rules are set aside for it; empty where they are not
 * @param now when it is decided
 */
public record Facts(
    Task task,
    AgentProfile agent,
    Optional<Autonomy> autonomy,
    Action action,
    String method,
    CanonicalPath path,
    Agreement intent,
    @Nullable Destination destination,
    @Nullable CredentialUse credential,
    Counts counts,
    List<Ticket> tickets,
    Signals signals,
    String breakGlass,
    Instant now) {

  /** By section and name, as engines are given it; {@link Fact} says what each is. */
  public SequencedMap<String, SequencedMap<String, Object>> sections() {
    return sections(Set.of());
  }

  /**
   * The same without some of them.
   *
   * @param without what is left out; no section is
   */
  public SequencedMap<String, SequencedMap<String, Object>> sections(Set<Fact> without) {
    SequencedMap<String, SequencedMap<String, Object>> sections = new LinkedHashMap<>();
    for (Fact fact : Fact.values()) {
      SequencedMap<String, Object> section =
          sections.computeIfAbsent(fact.section(), name -> new LinkedHashMap<>());
      if (!without.contains(fact)) {
        section.put(fact.key(), fact.of(this));
      }
    }
    return sections;
  }

  /**
   * What the task has done so far, this call among it.
   *
   * @param above those of the task that delegated it; null where a caller opened it
   */
  public record Counts(long calls, long bytes, long denials, @Nullable Counts above) {
    static Counts of(Task task) {
      return new Counts(
          task.calls(), task.bytes(), task.denials(), task.parent().map(Counts::of).orElse(null));
    }
  }
}
