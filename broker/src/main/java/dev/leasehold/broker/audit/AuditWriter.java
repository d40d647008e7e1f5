package dev.leasehold.broker.audit;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
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

  private static final Logger log = LoggerFactory.getLogger(AuditWriter.class);

  private final Backlog backlog;
  private final AuditSink sink;
  private final Chain chain;
  private final boolean syncEachBatch;
  private final LongSupplier nanos;
  private final AuditMeters meters;
  private final Consumer<String> onBroken;
  private final Batch batch;

  private final SinkHealth health;
  private final Unforced unforced;
  private final Resumption resumption;

  private volatile boolean reopenAsked;
  private volatile long lastTry;
  private long lastLook;

  /** Opens the sink and begins with a line that says how it was found. */
  AuditWriter(
      Backlog backlog,
      AuditSink sink,
      FsyncPolicy fsync,
      InstantSource clock,
      LongSupplier nanos,
      AuditMeters meters,
      Consumer<String> onBroken)
      throws IOException {
    this.backlog = backlog;
    this.sink = sink;
    this.syncEachBatch = fsync.isAlways();
    this.nanos = nanos;
    this.meters = meters;
    this.onBroken = onBroken;
    this.chain = new Chain(Head.NONE);
    this.batch = new Batch(backlog, chain, meters);
    this.health = new SinkHealth(sink.name(), PATIENCE);
    this.unforced = new Unforced(meters);
    this.lastLook = nanos.getAsLong();
    this.resumption = new Resumption(sink, chain, backlog, unforced, clock);
    resumption.resume("started");
  }

  /** Why nothing can be written at the moment. */
  Optional<String> notWritable() {
    return health.notWritable();
  }

  void askToReopen() {
    reopenAsked = true;
  }

  /** Writes one batch; false when there is nothing to do for now. Writer thread. */
  boolean step() {
    if (health.isBroken() && !recover()) {
      return false;
    }
    if (!lookForRotation()) {
      return false;
    }
    long now = nanos.getAsLong();
    if (!batch.fill(since -> isOver(since, now))) {
      return false;
    }
    if (batch.hasLines() && !write()) {
      return false;
    }
    settle();
    return true;
  }

  /** Forces what was written to disk; true when there was something. Sync thread. */
  boolean sync() {
    if (!unforced.isDirty() || health.isBroken()) {
      return false;
    }
    long upTo = unforced.take();
    try {
      sink.sync();
      unforced.forced(upTo);
      return true;
    } catch (IOException | RuntimeException failure) {
      failSync(failure);
      return false;
    }
  }

  /** Refuses what has waited too long. Watch thread. */
  void watch() {
    long now = nanos.getAsLong();
    health.watch(now);
    refuse(pending -> isOver(pending.sinceNanos(), now));
  }

  /** Age of the oldest event that is not yet with the operating system. */
  double secondsBehind() {
    Pending oldest = backlog.oldest();
    return oldest == null ? 0 : seconds(nanos.getAsLong() - oldest.sinceNanos());
  }

  /** Age of the oldest line that is not yet forced to disk. */
  double secondsUnsynced() {
    return seconds(unforced.ageNanos(nanos.getAsLong()));
  }

  boolean isDirty() {
    return unforced.isDirty();
  }

  /** Ends it, on the writer thread or after it: what cannot be written any more is refused. */
  void close() throws IOException {
    health.closed();
    refuse(pending -> true);
    try {
      if (unforced.isDirty()) {
        sink.sync();
      }
    } finally {
      sink.close();
    }
  }

  private boolean write() {
    health.begins(nanos.getAsLong());
    try {
      sink.write(chain.bytes());
    } catch (IOException | RuntimeException failure) {
      chain.undoBatch();
      fail("write", failure);
      return false;
    } finally {
      health.ends();
    }
    return !syncEachBatch || force();
  }

  private boolean force() {
    health.begins(nanos.getAsLong()); // a force that hangs is a write that hangs
    try {
      sink.sync();
      return true;
    } catch (IOException | RuntimeException failure) {
      // The lines are in the file, perhaps: they stay, and those who wait are refused.
      failSync(failure);
      batch.drop();
      return false;
    } finally {
      health.ends();
    }
  }

  private void settle() {
    boolean leavesLines = batch.hasLines();
    int count = batch.settle();
    unforced.wrote(count);
    if (syncEachBatch) {
      unforced.forcedAtOnce(count);
    } else if (leavesLines) {
      unforced.leave(nanos.getAsLong());
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
        return forceOldFile() && goOn(asked);
      }
      return true;
    } catch (IOException | RuntimeException failure) {
      fail("look", failure);
      return false;
    }
  }

  private boolean forceOldFile() {
    try {
      sink.sync();
      unforced.nothingLeft(); // or the one who forces could meet a sink that is not open
      return true;
    } catch (IOException | RuntimeException failure) {
      failSync(failure);
      return false;
    }
  }

  private boolean goOn(boolean asked) {
    try {
      resumption.resume(asked ? "reopened" : "the file was moved or shortened");
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
      resumption.resume("after a failure: " + health.notWritable().orElse(""));
    } catch (IOException | RuntimeException failure) {
      log.warn("audit still broken sink={} reason={}", sink.name(), SinkHealth.reason(failure));
      return false;
    }
    health.healed();
    log.info("audit writable again sink={}", sink.name());
    return true;
  }

  private void failSync(Exception failure) {
    fail("fsync", failure);
    onBroken.accept(health.notWritable().orElse(""));
  }

  private void fail(String doing, Exception failure) {
    health.failed(doing, failure);
    lastTry = nanos.getAsLong();
    refuse(pending -> true);
    log.error(
        "audit broken sink={} doing={} reason={}", sink.name(), doing, SinkHealth.reason(failure));
  }

  private void refuse(Predicate<Pending> which) {
    int refused = backlog.refuse(which, REFUSAL);
    if (refused > 0) {
      meters.refused().add(refused);
    }
  }

  private static boolean isOver(long sinceNanos, long now) {
    return now - sinceNanos > PATIENCE.toNanos();
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }
}
