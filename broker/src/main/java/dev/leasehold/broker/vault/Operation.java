package dev.leasehold.broker.vault;

import java.time.Duration;

/** Every call that is made of Vault: its name in metrics, its bounds, and whether it may repeat. */
enum Operation {
  LOGIN("login", Lane.KEEPING, Repeat.IF_NOTHING_DONE, Bound.CALL),
  CREATE_HEARTBEAT("create-heartbeat", Lane.KEEPING, Repeat.IF_NOTHING_DONE, Bound.CALL),
  RENEW_HEARTBEAT("renew-heartbeat", Lane.KEEPING, Repeat.NEVER, Bound.CALL),
  LOOKUP_SELF("lookup-self", Lane.KEEPING, Repeat.ALWAYS, Bound.CALL),
  REVOKE_SELF("revoke-self", Lane.KEEPING, Repeat.ALWAYS, Bound.CALL),
  CREATE_TASK("create-task", Lane.GIVING, Repeat.IF_NOTHING_DONE, Bound.CALL),
  READ("read", Lane.GIVING, Repeat.IF_NOTHING_DONE, Bound.READ),
  RENEW_LEASE("renew-lease", Lane.GIVING, Repeat.ALWAYS, Bound.CALL),
  REVOKE_LEASE("revoke-lease", Lane.ENDING, Repeat.ALWAYS, Bound.REVOKE),
  QUEUE_REVOCATION("queue-revocation", Lane.ENDING, Repeat.ALWAYS, Bound.CALL),
  REVOKE_ACCESSOR("revoke-accessor", Lane.ENDING, Repeat.ALWAYS, Bound.REVOKE),
  LOOKUP_LEASE("lookup-lease", Lane.ENDING, Repeat.ALWAYS, Bound.CALL),
  LOOKUP_ACCESSOR("lookup-accessor", Lane.ENDING, Repeat.ALWAYS, Bound.CALL),
  SETUP("setup", Lane.KEEPING, Repeat.ALWAYS, Bound.CALL);

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

  private final String word;
  private final Lane lane;
  private final Repeat repeat;
  private final Bound bound;

  Operation(String word, Lane lane, Repeat repeat, Bound bound) {
    this.word = word;
    this.lane = lane;
    this.repeat = repeat;
    this.bound = bound;
  }

  String word() {
    return word;
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
