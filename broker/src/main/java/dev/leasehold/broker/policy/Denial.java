package dev.leasehold.broker.policy;

import dev.leasehold.broker.destination.Destination;
import java.util.List;
import java.util.Optional;

/**
 * The call may not be made.
 *
 * @param reason which of the problems it is
 * @param rule the rule that decided, or the one that is missing
 * @param detail for the agent; never an echo of the request
 * @param hint what to do about it; may be empty
 * @param destination the nearest destination, where one has the host
 * @param asks present exactly for {@link Reason#APPROVAL_REQUIRED}
 * @param engineDecisions what engines call their decisions
 * @param observed places of the rules that are only observed and would have matched
 */
public record Denial(
    Reason reason,
    String rule,
    String detail,
    String hint,
    Optional<Destination> destination,
    List<String> observed,
    Optional<Asks> asks,
    List<String> engineDecisions)
    implements Decision {
  /** Which rule wants a human to be asked about what. */
  public record Asks(PolicyRule rule, Facts facts) {}

  public Denial {
    observed = List.copyOf(observed);
    engineDecisions = List.copyOf(engineDecisions);
  }

  /** One for which no rule of the policy was asked. */
  public Denial(
      Reason reason, String rule, String detail, String hint, Optional<Destination> destination) {
    this(reason, rule, detail, hint, destination, List.of(), Optional.empty(), List.of());
  }

  /** One that no human could change. */
  Denial(
      Reason reason,
      String rule,
      String detail,
      String hint,
      Optional<Destination> destination,
      List<String> observed) {
    this(reason, rule, detail, hint, destination, observed, Optional.empty(), List.of());
  }

  /** Whether no other destination of the same origin may be looked at instead. */
  boolean isFinal() {
    return switch (reason) {
      case POLICY_DENIED, POLICY_UNAVAILABLE, APPROVAL_REQUIRED, TASK_ENDED, AGENT_UNPROVEN -> true;
      case DESTINATION_NOT_ALLOWED, RULE_DENIED -> false;
    };
  }

  /** The kinds of denial; each has one problem name. */
  public enum Reason {
    /** No destination of this task has that origin. */
    DESTINATION_NOT_ALLOWED,
    /** The destination's own rules, or its credential's, say no. */
    RULE_DENIED,
    /** A rule of the policy says no. */
    POLICY_DENIED,
    /** A policy engine could not be asked or did not say, or a rule's expression has no value. */
    POLICY_UNAVAILABLE,
    /** A human would have to agree. */
    APPROVAL_REQUIRED,
    /** The task has ended. */
    TASK_ENDED,
    /** The agent of a delegated task has yet to show who it is. */
    AGENT_UNPROVEN
  }
}
