package dev.leasehold.broker.vault;

import dev.leasehold.broker.telemetry.VaultOperation;
import java.time.Duration;

/**
 * Every call that is made of Vault: what metrics call it, its bounds, and whether it may repeat.
 */
enum Operation {
  LOGIN(VaultOperation.LOGIN, Lane.KEEPING, Repeat.IF_NOTHING_DONE, Bound.CALL),
  CREATE_HEARTBEAT(
      VaultOperation.CREATE_HEARTBEAT, Lane.KEEPING, Repeat.IF_NOTHING_DONE, Bound.CALL),
  RENEW_HEARTBEAT(VaultOperation.RENEW_HEARTBEAT, Lane.KEEPING, Repeat.NEVER, Bound.CALL),
  LOOKUP_SELF(VaultOperation.STATUS, Lane.KEEPING, Repeat.ALWAYS, Bound.CALL),
  REVOKE_SELF(VaultOperation.REVOKE_TOKEN, Lane.KEEPING, Repeat.ALWAYS, Bound.CALL),
  CREATE_TASK(VaultOperation.CREATE_TASK_TOKEN, Lane.GIVING, Repeat.IF_NOTHING_DONE, Bound.CALL),
  READ(VaultOperation.READ_CREDENTIAL, Lane.GIVING, Repeat.IF_NOTHING_DONE, Bound.READ),
  SIGN_CA(VaultOperation.SIGN_CA, Lane.GIVING, Repeat.IF_NOTHING_DONE, Bound.CALL),
  RENEW_LEASE(VaultOperation.RENEW_LEASE, Lane.GIVING, Repeat.ALWAYS, Bound.CALL),
  REVOKE_LEASE(VaultOperation.REVOKE_LEASE, Lane.ENDING, Repeat.ALWAYS, Bound.REVOKE),
  QUEUE_REVOCATION(VaultOperation.REVOKE_LEASE, Lane.ENDING, Repeat.ALWAYS, Bound.CALL),
  REVOKE_ACCESSOR(VaultOperation.REVOKE_TOKEN, Lane.ENDING, Repeat.ALWAYS, Bound.REVOKE),
  LOOKUP_LEASE(VaultOperation.LOOKUP_LEASE, Lane.ENDING, Repeat.ALWAYS, Bound.CALL),
  LOOKUP_ACCESSOR(VaultOperation.LOOKUP_TOKEN, Lane.ENDING, Repeat.ALWAYS, Bound.CALL),
  SETUP(VaultOperation.STATUS, Lane.KEEPING, Repeat.ALWAYS, Bound.CALL);

  /** Calls that wait for each other; no lane can starve another. */
  enum Lane {
    /** Logins and heartbeats: few by nature, and everything hangs on them; not limited. */
    KEEPING,
    /** Giving tokens and secrets out. */
    GIVING,
    /** Taking them back, and proving it. */
    ENDING
  }

  /** Which of the configured times bounds one attempt. */
  enum Bound {
    CALL,
    READ,
    REVOKE
  }

  /** Whether a failed attempt may be made again within the same call. */
  enum Repeat {
    /** The caller has a rhythm of its own. */
    NEVER,
    /** A second answer would be a second token or secret. */
    IF_NOTHING_DONE,
    /** Doing it twice is doing it once. */
    ALWAYS
  }

  private final VaultOperation metric;
  private final Lane lane;
  private final Repeat repeat;
  private final Bound bound;

  Operation(VaultOperation metric, Lane lane, Repeat repeat, Bound bound) {
    this.metric = metric;
    this.lane = lane;
    this.repeat = repeat;
    this.bound = bound;
  }

  VaultOperation metric() {
    return metric;
  }

  Lane lane() {
    return lane;
  }

  Repeat repeat() {
    return repeat;
  }

  Duration timeout(VaultConfig.Timeouts timeouts) {
    return switch (bound) {
      case CALL -> timeouts.call();
      case READ -> timeouts.read();
      case REVOKE -> timeouts.revoke();
    };
  }
}
