package dev.leasehold.broker.audit;

import dev.leasehold.broker.lease.TaskEvents;
import dev.leasehold.broker.telemetry.AuditOutcome;
import dev.leasehold.broker.telemetry.Metrics;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit log. Events may be appended on any thread; that never blocks and never locks, and keeps
 * the order of one thread's calls. One thread of its own writes.
 */
public final class AuditLog implements AutoCloseable {
  private static final int CAPACITY = 8192;
  private static final Duration WATCH = Duration.ofMillis(200);
  private static final Duration CLOSING = Duration.ofSeconds(3);
  private static final Logger log = LoggerFactory.getLogger(AuditLog.class);

  private final Backlog backlog;
  private final AuditWriter writer;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final AuditMeters meters;
  private final Duration syncInterval;
  private final Thread writing = new Thread(this::write, "audit-write");
  private final Thread syncing = new Thread(this::sync, "audit-sync");
  private final Thread watching = new Thread(this::watch, "audit-watch");

  private final List<AuditFeed> feeds = new CopyOnWriteArrayList<>();

  private volatile boolean idle;
  private volatile boolean syncIdle;
  private volatile boolean closing;

  /** Without its threads running: whoever made it calls the writer. */
  AuditLog(
      AuditSink sink,
      FsyncPolicy fsync,
      int capacity,
      InstantSource clock,
      LongSupplier nanos,
      Metrics metrics,
      Consumer<String> onBroken)
      throws IOException {
    this.backlog = new Backlog(capacity);
    this.clock = clock;
    this.nanos = nanos;
    this.meters = AuditMeters.of(metrics, sink.name());
    this.syncInterval = fsync.interval();
    this.writer = new AuditWriter(backlog, sink, fsync, clock, nanos, meters, onBroken);
    metrics.auditLag(sink.name(), AuditOutcome.WRITTEN, writer::secondsBehind);
    metrics.auditLag(sink.name(), AuditOutcome.SYNCED, writer::secondsUnsynced);
  }

  /**
   * Opens the log and begins to write.
   *
   * @param onBroken told why, on a thread of the log, when lines that counted as written may not be
   *     on the disk: everything must be fenced. Must not block.
   * @throws IOException when it cannot be opened, locked or continued
   */
  public static AuditLog open(AuditConfig config, Metrics metrics, Consumer<String> onBroken)
      throws IOException {
    AuditSink sink = config.file().<AuditSink>map(FileSink::new).orElseGet(StdoutSink::open);
    AuditLog log =
        new AuditLog(
            sink,
            config.fsync(),
            CAPACITY,
            InstantSource.system(),
            System::nanoTime,
            metrics,
            onBroken);
    log.start();
    return log;
  }

  /**
   * Appends what has happened. It cannot be refused: while the log is broken it waits, and is lost,
   * with a count of the lost in the log, only when very many do.
   */
  public void append(AuditEvent event) {
    put(event);
    wake();
  }

  /** As {@link #append(AuditEvent)}, without waking the writer. */
  void put(AuditEvent event) {
    Pending pending = new Pending(event, null, clock.millis(), nanos.getAsLong());
    if (closing || !backlog.offer(pending)) {
      meters.refused().add(1);
    }
  }

  /**
   * Appends what is about to happen. It must not, unless and until {@code receipt} says that the
   * event is written; within about a second it says either.
   */
  public void append(AuditEvent event, AuditReceipt receipt) {
    put(event, receipt);
    wake();
  }

  /** As {@link #append(AuditEvent, AuditReceipt)}, without waking the writer. */
  void put(AuditEvent event, AuditReceipt receipt) {
    Pending pending = new Pending(event, receipt, clock.millis(), nanos.getAsLong());
    if (closing || writer.notWritable().isPresent() || !backlog.offer(pending)) {
      pending.refuse(AuditWriter.REFUSAL);
      meters.refused().add(1);
    }
  }

  /**
   * A way into this log for one event loop.
   *
   * @param loop runs what it is given on the loop's thread
   * @param turnEnd runs what it is given, on the loop's thread, when the loop has done what it has
   *     in hand
   */
  public AuditFeed feed(Executor loop, Executor turnEnd) {
    AuditFeed feed = new AuditFeed(this, loop, turnEnd);
    feeds.add(feed);
    return feed;
  }

  /**
   * Appends what is about to happen and returns when it is written. Blocks; not for event loops.
   *
   * @throws IOException when it is refused
   */
  public void appendAndWait(AuditEvent event) throws IOException {
    CompletableFuture<Optional<String>> outcome = new CompletableFuture<>();
    append(
        event,
        new AuditReceipt() {
          @Override
          public void written() {
            outcome.complete(Optional.empty());
          }

          @Override
          public void refused(String why) {
            outcome.complete(Optional.of(why));
          }
        });
    Optional<String> refusal;
    try {
      refusal = outcome.get(AuditWriter.PATIENCE.toMillis() * 5, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the audit log was written", interrupted);
    } catch (ExecutionException | TimeoutException silent) {
      throw new IOException(AuditWriter.REFUSAL, silent);
    }
    if (refusal.isPresent()) {
      throw new IOException(refusal.get());
    }
  }

  public boolean writable() {
    return notWritable().isEmpty();
  }

  /** Why it is not writable; for operators. */
  public Optional<String> notWritable() {
    return writer.notWritable();
  }

  /** Opens the file anew, for whoever rotates it by renaming; at the latest it is seen in 1 s. */
  public void reopen() {
    writer.askToReopen();
    LockSupport.unpark(writing);
  }

  /**
   * What tasks and leases tell, as audit events.
   *
   * @param policyVersion that of the configuration that decides now
   */
  public TaskEvents taskEvents(Supplier<String> policyVersion) {
    return new TaskTrail(this, policyVersion);
  }

  /**
   * Writes and forces what waits, for at most a few seconds, and refuses everything from now on.
   */
  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(writing);
    LockSupport.unpark(syncing);
    LockSupport.unpark(watching);
    try {
      if (writing.join(CLOSING)) {
        writer.close();
      } else {
        log.error("audit not closed: its sink does not take a write");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (IOException failure) {
      log.error("audit not closed reason={}", failure.getMessage());
    }
  }

  AuditWriter writer() {
    return writer;
  }

  private void start() {
    for (Thread thread : new Thread[] {writing, syncing, watching}) {
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** Lets the writer see what was {@link #put}. */
  void wake() {
    if (idle) {
      idle = false;
      LockSupport.unpark(writing);
    }
  }

  private void write() {
    while (true) {
      if (writer.step()) {
        feeds.forEach(AuditFeed::written);
        wakeSync();
      } else if (closing) {
        return;
      } else {
        idle = true;
        // Looked at again after idle was set, so that nobody is left waiting; while it is broken,
        // what waits is no reason to turn round and round.
        if (backlog.oldest() == null || !writable()) {
          LockSupport.parkNanos(this, AuditWriter.PAUSE.toNanos());
        }
        idle = false;
      }
    }
  }

  private void wakeSync() {
    if (syncIdle && writer.isDirty()) {
      syncIdle = false;
      LockSupport.unpark(syncing);
    }
  }

  private void sync() {
    while (!closing && !syncInterval.isZero()) {
      if (writer.isDirty()) {
        sleep(syncInterval);
        writer.sync();
      } else {
        syncIdle = true;
        if (!writer.isDirty()) {
          LockSupport.park(this);
        }
        syncIdle = false;
      }
    }
  }

  private void watch() {
    while (!closing || writing.isAlive()) {
      writer.watch();
      LockSupport.parkNanos(this, WATCH.toNanos());
    }
  }

  /** For the whole time, however often somebody unparks. */
  private void sleep(Duration time) {
    long until = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0 && !closing; left = until - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
    }
  }
}
