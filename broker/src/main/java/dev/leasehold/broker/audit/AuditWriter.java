package dev.leasehold.broker.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the chain and the sink: takes what waits, batch by batch, writes it and tells those who
 * wait.
 *
 * <p>Three threads meet here, each with its own method, and no other calls it: the writer's {@link
 * #step}, the one that forces to disk ({@link #sync}), and the one that keeps the time ({@link
 * #watch}), which refuses what has waited too long even while the writer hangs in a write.
 *
 * <p>After a failure everything that can be refused is refused, until the sink was opened anew and
 * has taken a line that says so, and forced it.
 */
final class AuditWriter {
  /** How old an event may grow before it is refused. */
  static final Duration PATIENCE = Duration.ofSeconds(1);

  /** Between two attempts to open a broken sink anew, and between two looks for a rotation. */
  static final Duration PAUSE = Duration.ofSeconds(1);

  static final String REFUSAL = "the audit log cannot be written";

  private static final int MOST_EVENTS = 1024;
  private static final int MOST_BYTES = 256 * 1024;
  private static final Logger log = LoggerFactory.getLogger(AuditWriter.class);

  private final Backlog backlog;
  private final AuditSink sink;
  private final Chain chain;
  private final boolean syncEachBatch;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final AuditMeters meters;
  private final Consumer<String> onBroken;
  private final List<Pending> batch = new ArrayList<>(MOST_EVENTS);

  private volatile @Nullable String broken;
  private volatile boolean blocked;
  private volatile boolean reopenAsked;
  private volatile boolean writing;
  private volatile long writingSince;
  private volatile boolean dirty;
  private volatile long dirtySince;
  private volatile long written;
  private long synced;
  private long lastTry;
  private long lastLook;

  /** Opens the sink and begins with a line that says how it was found. */
  AuditWriter(
      Backlog backlog,
      AuditSink sink,
      FsyncPolicy fsync,
      Function<String, String> pathRedaction,
      InstantSource clock,
      LongSupplier nanos,
      AuditMeters meters,
      Consumer<String> onBroken)
      throws IOException {
    this.backlog = backlog;
    this.sink = sink;
    this.syncEachBatch = fsync.isAlways();
    this.clock = clock;
    this.nanos = nanos;
    this.meters = meters;
    this.onBroken = onBroken;
    this.chain = new Chain(Head.NONE, pathRedaction);
    this.lastLook = nanos.getAsLong();
    resume("started");
  }

  /** Why nothing can be written at the moment. */
  Optional<String> notWritable() {
    String reason = broken;
    if (reason != null) {
      return Optional.of(reason);
    }
    return blocked
        ? Optional.of("the audit sink has not taken a write for " + PATIENCE.toSeconds() + " s")
        : Optional.empty();
  }

  void askToReopen() {
    reopenAsked = true;
  }

  /** Writes one batch; false when there is nothing to do for now. Writer thread. */
  boolean step() {
    if (broken != null && !recover()) {
      return false;
    }
    if (!lookForRotation()) {
      return false;
    }
    batch.clear();
    backlog.collect(batch, MOST_EVENTS);
    if (batch.isEmpty()) {
      return false;
    }
    int taken = build();
    if (chain.batch().length() > 0 && !write()) {
      return false;
    }
    settle(taken);
    return true;
  }

  /** Forces what was written to disk; true when there was something. Sync thread. */
  boolean sync() {
    if (!dirty || broken != null) {
      return false;
    }
    dirty = false;
    long upTo = written;
    try {
      sink.sync();
      meters.synced().add(upTo - synced);
      synced = upTo;
      return true;
    } catch (IOException | RuntimeException failure) {
      failSync(failure);
      return false;
    }
  }

  /** Refuses what has waited too long. Watch thread. */
  void watch() {
    long now = nanos.getAsLong();
    blocked = writing && isOver(writingSince, now);
    refuse(pending -> isOver(pending.sinceNanos(), now));
  }

  /** Age of the oldest event that is not yet with the operating system. */
  double secondsBehind() {
    Pending oldest = backlog.oldest();
    return oldest == null ? 0 : seconds(nanos.getAsLong() - oldest.sinceNanos());
  }

  /** Age of the oldest line that is not yet forced to disk. */
  double secondsUnsynced() {
    return dirty ? seconds(nanos.getAsLong() - dirtySince) : 0;
  }

  boolean isDirty() {
    return dirty;
  }

  /** Ends it, on the writer thread or after it: what cannot be written any more is refused. */
  void close() throws IOException {
    broken = "the audit log is closed";
    refuse(pending -> true);
    try {
      if (dirty) {
        sink.sync();
      }
    } finally {
      sink.close();
    }
  }

  /** Makes the lines of the batch; returns how many events of it are dealt with. */
  private int build() {
    chain.beginBatch();
    long now = nanos.getAsLong();
    int taken = 0;
    for (Pending pending : batch) {
      if (chain.batch().length() > MOST_BYTES) {
        break;
      }
      taken++;
      if (pending.isSettled()) {
        continue;
      }
      if (isOver(pending.sinceNanos(), now) && pending.refuse(REFUSAL)) {
        meters.refused().add(1);
        continue;
      }
      try {
        chain.add(pending.event(), pending.epochMillis());
      } catch (RuntimeException failure) {
        log.error("audit event left out type={}", EventFormat.type(pending.event()), failure);
        pending.refuse(REFUSAL);
        meters.refused().add(1);
      }
    }
    return taken;
  }

  private boolean write() {
    writingSince = nanos.getAsLong();
    writing = true;
    try {
      sink.write(bytes());
    } catch (IOException | RuntimeException failure) {
      chain.undoBatch();
      fail("write", failure);
      return false;
    } finally {
      writing = false;
      blocked = false;
    }
    return syncEachBatch ? syncBatch() : markDirty();
  }

  private boolean syncBatch() {
    writing = true; // a force that hangs is a write that hangs
    try {
      sink.sync();
      return true;
    } catch (IOException | RuntimeException failure) {
      // The lines are in the file, perhaps: they stay, and those who wait are refused.
      failSync(failure);
      backlog.remove(batch.size());
      return false;
    } finally {
      writing = false;
      blocked = false;
    }
  }

  private boolean markDirty() {
    if (!dirty) {
      dirtySince = nanos.getAsLong();
      dirty = true;
    }
    return true;
  }

  private void settle(int taken) {
    long count = 0;
    for (int i = 0; i < taken; i++) {
      if (batch.get(i).written()) {
        count++;
      }
    }
    backlog.remove(taken);
    countWritten(count);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes it
  private void countWritten(long count) {
    written += count;
    meters.written().add(count);
    if (syncEachBatch) {
      meters.synced().add(count);
    }
  }

  /** False when the file was moved away and no new one can be had. */
  private boolean lookForRotation() {
    long now = nanos.getAsLong();
    if (!reopenAsked && now - lastLook < PAUSE.toNanos()) {
      return true;
    }
    lastLook = now;
    boolean asked = reopenAsked;
    reopenAsked = false;
    try {
      if (asked || sink.wasReplaced()) {
        sink.sync();
        resume(asked ? "reopened" : "the file was moved or shortened");
      }
      return true;
    } catch (IOException | RuntimeException failure) {
      fail("open", failure);
      return false;
    }
  }

  private boolean recover() {
    long now = nanos.getAsLong();
    if (now - lastTry < PAUSE.toNanos()) {
      return false;
    }
    lastTry = now;
    refuse(pending -> true);
    backlog.dropSettled();
    try {
      resume("after a failure: " + broken);
    } catch (IOException | RuntimeException failure) {
      log.warn("audit still broken sink={} reason={}", sink.name(), reason(failure));
      return false;
    }
    broken = null;
    log.info("audit writable again sink={}", sink.name());
    return true;
  }

  /** Opens the sink and writes the line with which the chain goes on; forced, whatever is set. */
  private void resume(String why) throws IOException {
    Optional<AuditSink.Found> found = sink.reopen();
    // Whichever is further on: the file may hold lines that were taken for lost, or lack some.
    found
        .map(AuditSink.Found::head)
        .filter(head -> head.seq() >= chain.head().seq())
        .ifPresent(chain::continueFrom);
    String how = found.map(AuditSink.Found::how).orElse("");
    long lost = backlog.takeLost();
    String cause =
        why + (how.isEmpty() ? "" : "; " + how) + (lost == 0 ? "" : "; " + lost + " events lost");
    chain.beginBatch();
    try {
      chain.add(new BrokerEvent.LogContinued(cause), clock.millis());
      sink.write(bytes());
    } catch (IOException | RuntimeException failure) {
      chain.undoBatch();
      backlog.lostAsWell(lost);
      throw failure;
    }
    sink.sync();
    dirty = false;
    countWritten(1);
  }

  private void failSync(Exception failure) {
    fail("fsync", failure);
    onBroken.accept(String.valueOf(broken));
  }

  private void fail(String doing, Exception failure) {
    String reason = "audit " + sink.name() + ": " + doing + " failed: " + reason(failure);
    broken = reason;
    lastTry = nanos.getAsLong();
    refuse(pending -> true);
    log.error("audit broken sink={} doing={} reason={}", sink.name(), doing, reason(failure));
  }

  private void refuse(java.util.function.Predicate<Pending> which) {
    int refused = backlog.refuse(which, REFUSAL);
    if (refused > 0) {
      meters.refused().add(refused);
    }
  }

  private ByteBuffer bytes() {
    return ByteBuffer.wrap(chain.batch().buffer(), 0, chain.batch().length());
  }

  private static String reason(Exception failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  private static boolean isOver(long sinceNanos, long now) {
    return now - sinceNanos > PATIENCE.toNanos();
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }
}
