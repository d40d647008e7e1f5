package dev.leasehold.broker.audit;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** An event that waits to be written, and who waits for it. */
final class Pending {
  private final AuditEvent event;
  private final @Nullable AuditReceipt receipt;
  private final long epochMillis;
  private final long sinceNanos;
  private final AtomicBoolean settled = new AtomicBoolean();

  /**
   * @param receipt null: nobody waits, the event stays until it can be written
   */
  Pending(AuditEvent event, @Nullable AuditReceipt receipt, long epochMillis, long sinceNanos) {
    this.event = event;
    this.receipt = receipt;
    this.epochMillis = epochMillis;
    this.sinceNanos = sinceNanos;
  }

  AuditEvent event() {
    return event;
  }

  long epochMillis() {
    return epochMillis;
  }

  long sinceNanos() {
    return sinceNanos;
  }

  boolean isSettled() {
    return settled.get();
  }

  /** Whether somebody waits for it and may be told no. */
  boolean canBeRefused() {
    return receipt != null && !settled.get();
  }

  /** True when it was not refused before. */
  boolean written() {
    if (!settled.compareAndSet(false, true)) {
      return false;
    }
    if (receipt != null) {
      receipt.written();
    }
    return true;
  }

  /** True when this is what settled it. */
  boolean refuse(String why) {
    if (receipt == null || !settled.compareAndSet(false, true)) {
      return false;
    }
    receipt.refused(why);
    return true;
  }
}
