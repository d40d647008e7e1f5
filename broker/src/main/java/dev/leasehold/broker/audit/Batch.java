package dev.leasehold.broker.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The events that are written together, and their lines. For the writer thread only. */
final class Batch {
  private static final int MOST_EVENTS = 1024;
  private static final int MOST_BYTES = 256 * 1024;
  private static final Logger log = LoggerFactory.getLogger(Batch.class);

  private final Backlog backlog;
  private final Chain chain;
  private final AuditMeters meters;
  private final List<Pending> events = new ArrayList<>(MOST_EVENTS);

  /** How many of the events are dealt with: the rest waits for the next batch. */
  private int taken;

  Batch(Backlog backlog, Chain chain, AuditMeters meters) {
    this.backlog = backlog;
    this.chain = chain;
    this.meters = meters;
  }

  /**
   * Makes the lines of what waits; false when nothing does.
   *
   * @param isTooOld of an event's reading of the clock: it is refused if it can be
   */
  boolean fill(LongPredicate isTooOld) {
    events.clear();
    taken = 0;
    backlog.collect(events, MOST_EVENTS);
    chain.beginBatch();
    while (taken < events.size() && chain.batch().length() <= MOST_BYTES) {
      Pending pending = events.get(taken++);
      if (pending.isSettled()) {
        continue;
      }
      if (isTooOld.test(pending.sinceNanos()) && pending.refuse(AuditWriter.REFUSAL)) {
        meters.refused().add(1);
      } else {
        add(pending);
      }
    }
    return taken > 0;
  }

  private void add(Pending pending) {
    try {
      chain.add(pending.event(), pending.epochMillis());
    } catch (RuntimeException failure) {
      log.error("audit event left out type={}", EventFormat.type(pending.event()), failure);
      pending.refuse(AuditWriter.REFUSAL);
      meters.refused().add(1);
    }
  }

  boolean hasLines() {
    return chain.batch().length() > 0;
  }

  /** Tells those who wait that it is written, and takes it out; returns how many events it was. */
  int settle() {
    int count = 0;
    for (int i = 0; i < taken; i++) {
      if (events.get(i).written()) {
        count++;
      }
    }
    drop();
    return count;
  }

  /** Takes it out without a word: those who waited were told otherwise. */
  void drop() {
    backlog.remove(taken);
  }
}
