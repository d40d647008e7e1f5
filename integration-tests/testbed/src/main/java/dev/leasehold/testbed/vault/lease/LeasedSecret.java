package dev.leasehold.testbed.vault.lease;

import java.time.Instant;

/** The real thing behind a lease, as the engine that made it can extend and end it. */
public interface LeasedSecret {

  /** Lets it live until then. Blocks while the target does it. */
  void extend(Instant until) throws Exception;

  /** Ends it at its target; ending it twice is fine. Blocks while the target does it. */
  void end() throws Exception;
}
