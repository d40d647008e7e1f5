package dev.leasehold.broker.lease;

import java.time.Duration;
import java.util.Optional;

/** What came of the wish for a lease. */
public sealed interface LeaseOutcome {

  /** The caller closes {@code use} when the last byte of its call has drained. */
  record Leased(LeaseUse use) implements LeaseOutcome {}

  /**
   * @param detail for the agent and the log; never a secret
   * @param retryAfter when another try may help
   */
  record Refused(Problem problem, String detail, Optional<Duration> retryAfter)
      implements LeaseOutcome {}

  /** Why there is no lease. */
  enum Problem {
    VAULT_UNAVAILABLE,
    IDENTITY_UNAVAILABLE,
    /** The store's answer lacks a field that the injection names. */
    CREDENTIAL_FIELD_MISSING,
    /** The store has no such credential, or its answer cannot be put on a wire. */
    CREDENTIAL_INVALID,
    TASK_ENDED,
    OVERLOADED
  }
}
