package dev.leasehold.broker.task;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How much an agent, or a kind of task, may do without a human; the strictest first. */
public enum Autonomy {
  SUPERVISED(Duration.ofMinutes(15), 0),
  BOUNDED(Duration.ofHours(1), 1),
  AUTONOMOUS(Duration.ofHours(24), 3);

  private final Duration longestTask;
  private final int deepestDelegation;

  Autonomy(Duration longestTask, int deepestDelegation) {
    this.longestTask = longestTask;
    this.deepestDelegation = deepestDelegation;
  }

  /** The word of the configuration and of the decision input. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** No task of this level lives longer, whatever its kind says. */
  public Duration longestTask() {
    return longestTask;
  }

  /** How many delegations may follow on each other; 0: none. */
  public int deepestDelegation() {
    return deepestDelegation;
  }

  /** The stricter of the two that are known; empty when neither is. */
  public static Optional<Autonomy> stricter(Optional<Autonomy> one, Optional<Autonomy> other) {
    return Stream.concat(one.stream(), other.stream()).min(Autonomy::compareTo);
  }
}
