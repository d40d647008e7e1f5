package dev.leasehold.broker.audit;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop's way into the log: the same promises, but the log's thread is woken once for all
 * that the loop appends in one turn, and the loop once for all that was written together. Calls by
 * the thousand would otherwise make the two threads wake each other for every single one.
 */
public final class AuditFeed {
  private static final Logger log = LoggerFactory.getLogger(AuditFeed.class);

  private final AuditLog audit;
  private final Executor loop;
  private final Executor turnEnd;
  private final Queue<Runnable> told = new ConcurrentLinkedQueue<>();
  private boolean wakes;

  AuditFeed(AuditLog audit, Executor loop, Executor turnEnd) {
    this.audit = audit;
    this.loop = loop;
    this.turnEnd = turnEnd;
  }

  /** As {@link AuditLog#append(AuditEvent)}; on the loop. */
  public void append(AuditEvent event) {
    audit.put(event);
    wakeSoon();
  }

  /**
   * As {@link AuditLog#append(AuditEvent, AuditReceipt)}; on the loop, where {@code receipt} is
   * told as well, later.
   */
  public void append(AuditEvent event, AuditReceipt receipt) {
    audit.put(
        event,
        new AuditReceipt() {
          @Override
          public void written() {
            told.add(receipt::written); // with the rest of its batch
          }

          @Override
          public void refused(String why) {
            told.add(() -> receipt.refused(why));
            tellSoon();
          }
        });
    wakeSoon();
  }

  private void wakeSoon() {
    if (wakes) {
      return;
    }
    try {
      turnEnd.execute(this::wake);
      wakes = true;
    } catch (RejectedExecutionException stopped) {
      audit.wake();
    }
  }

  private void wake() {
    wakes = false;
    audit.wake();
  }

  /** A batch was written. On the log's thread. */
  void written() {
    if (!told.isEmpty()) {
      tellSoon();
    }
  }

  private void tellSoon() {
    try {
      loop.execute(this::tell);
    } catch (RejectedExecutionException stopped) {
      told.clear(); // the loop took its connections down, and their calls with them
    }
  }

  private void tell() {
    for (Runnable next = told.poll(); next != null; next = told.poll()) {
      try {
        next.run();
      } catch (RuntimeException bug) {
        // The others wait for theirs.
        log.error("event=audit-receipt-broken cause={}", bug.getClass().getName(), bug);
      }
    }
  }
}
