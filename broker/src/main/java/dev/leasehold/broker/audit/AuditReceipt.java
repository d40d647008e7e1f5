package dev.leasehold.broker.audit;

/**
 * What became of one event. Exactly one of the two is called, once, and must return at once: on one
 * of the log's own threads, or, when the log already knows that it cannot take the event, on the
 * caller's before {@link AuditLog#append} returns. Of an event that was appended to an {@link
 * AuditFeed}: later, on the feed's event loop.
 */
public interface AuditReceipt {
  /** It is with the operating system, or on the disk where the configuration says so. */
  void written();

  /** It is not, and what it tells of must not happen. {@code why} is fit for an agent. */
  void refused(String why);
}
