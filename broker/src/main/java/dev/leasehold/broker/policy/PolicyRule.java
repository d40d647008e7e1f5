package dev.leasehold.broker.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One rule of {@code policy.rules}.
 *
 * @param place what a denial and the audit log call it, e.g. {@code policy.rules.prod-writes}
 * @param owner who answers for it; empty: not said
 * @param until from then on it no longer allows, alone or by an approval; a denial goes on denying
 * @param observe it is counted and has no effect
 * @param when all of them must hold; none: always
 * @param approval how a human is asked; present exactly for {@link Effect#REQUIRE_APPROVAL}
 */
public record PolicyRule(
    String place,
    String owner,
    Optional<Instant> until,
    Effect effect,
    boolean observe,
    List<Condition> when,
    Optional<Asking> approval) {

  /** What an approval is good for. */
  public enum Scope {
    /** The one call that was shown, once. */
    CALL,
    /** The same method at the same path. */
    PATH,
    /** Whatever the rule asks about in this task. */
    TASK;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @param approvers the group that may answer; empty: any approver
   * @param held how long the call is held; zero: it is answered at once
   * @param count how many distinct humans must agree
   */
  public record Asking(Optional<String> approvers, Scope scope, Duration held, int count) {
    /** How long a call is held where nothing else is said. */
    public static final Duration DEFAULT_HELD = Duration.ofSeconds(60);
  }

  public PolicyRule {
    when = List.copyOf(when);
    if (approval.isPresent() != (effect == Effect.REQUIRE_APPROVAL)) {
      throw new IllegalArgumentException(place + ": who is asked belongs to require-approval");
    }
  }

  /**
   * @throws Expression.Undecided when that cannot be said
   */
  boolean matches(Facts facts) {
    for (Condition condition : when) {
      if (!condition.holds(facts)) {
        return false;
      }
    }
    return true;
  }

  /** Whether its time is over. */
  public boolean isOver(Instant now) {
    return until.isPresent() && !now.isBefore(until.get());
  }

  /** Whether it speaks of the opening of tasks; all others speak of calls. */
  boolean speaksOf(Action action) {
    for (Condition condition : when) {
      if (condition instanceof Condition.OneOf(Fact fact, var values) && fact == Fact.ACTION) {
        return values.contains(action.word());
      }
    }
    return !action.opens();
  }

  /** Whether it matches wherever {@code other} does. */
  public boolean covers(PolicyRule other) {
    return when.stream().allMatch(condition -> other.when.stream().anyMatch(condition::covers));
  }

  /** Whether it looks at nothing but what somebody says. */
  public boolean restsOnAssertions() {
    return !when.isEmpty()
        && when.stream()
            .allMatch(
                condition ->
                    condition.facts().stream().allMatch(fact -> fact.source() == Source.ASSERTED));
  }
}
