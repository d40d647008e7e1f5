package dev.leasehold.broker.secret;

import java.time.Instant;

/** What the store tells about its login generations. Called on virtual threads; may block. */
public interface GenerationEvents {
  /**
   * A login succeeded. Returns only when this is durable: a generation that nobody remembers could
   * not be revoked after a crash, so the store makes no child of it before.
   */
  void opened(String generation, String loginAccessor, Instant expires);

  /**
   * The generation can be used no more, by the local clock or the store's word: fence its tasks.
   */
  void lost(String generation, String reason);

  /** The generation's login token is known to be revoked or expired; it may be forgotten. */
  void closed(String generation);
}
