package dev.leasehold.broker.policy;

import dev.leasehold.broker.destination.Destination;
import java.util.Optional;

/**
 * The call may not be made.
 *
 * @param reason which of the problems it is
 * @param rule the rule that decided, or the one that is missing
 * @param detail for the agent; never an echo of the request
 * @param hint what to do about it; may be empty
 * @param destination the nearest destination, where one has the host
 */
public record Denial(
    Reason reason, String rule, String detail, String hint, Optional<Destination> destination)
    implements Decision {
  /** The kinds of denial; each has one problem name. */
  public enum Reason {
    /** No destination of this task has that origin. */
    DESTINATION_NOT_ALLOWED,
    /** The destination's own rules, or its credential's, say no. */
    RULE_DENIED,
    /** The task has ended. */
    TASK_ENDED
  }
}
