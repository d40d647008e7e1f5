package dev.leasehold.broker.lease;

import dev.leasehold.broker.lease.JournalRecord.Locked;
import dev.leasehold.broker.lease.JournalRecord.Unlocked;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must be remembered over a crash: accessors and lease ids, never a token or a secret, and the
 * lock of revoke-all.
 *
 * <p>Any thread appends; one thread of the journal's own writes all that has come together since
 * its last write, and one fsync makes it durable. The file is rewritten with what still matters at
 * every start, and when it has grown.
 */
public final class Journal implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Journal.class);
  private static final long GROWN = 1 << 20;
  private static final String DAMAGED = "the journal was damaged; see journal.damaged beside it";

  /** How long records wait that nobody waits for. */
  private static final Duration SOON = Duration.ofMillis(100);

  /** Records that become durable together. */
  private static final class Batch {
    final List<JournalRecord> records = new ArrayList<>();
    final long since = System.nanoTime();
    boolean urgent;
    final CompletableFuture<Void> durable = new CompletableFuture<>();
  }

  private final JournalFile file;
  private final JournalState previous;
  private final JournalState state;
  private final Thread writer;

  private final Object monitor = new Object();
  private Batch batch = new Batch();
  private boolean closed;

  private volatile @Nullable String lock;
  private volatile @Nullable String broken;
  private volatile Consumer<String> onBroken = why -> {};

  private Journal(JournalFile file, JournalState previous, JournalState state) {
    this.file = file;
    this.previous = previous;
    this.state = state;
    this.lock = state.lock();
    this.writer = Thread.ofPlatform().name("leasehold-journal").daemon().unstarted(this::run);
  }

  /**
   * Opens the journal in {@code stateDir}, for this process alone.
   *
   * @throws JournalException when another sidecar holds it, or it cannot be written
   */
  public static Journal open(Path stateDir) throws JournalException {
    return open(stateDir, FileChannel::force);
  }

  static Journal open(Path stateDir, JournalFile.Force force) throws JournalException {
    JournalFile file = JournalFile.open(stateDir, force);
    try {
      JournalFormat.Reading reading = JournalFormat.read(file.read());
      if (reading.foreign()) {
        throw new JournalException(
            "the journal in " + stateDir + " is of another version of Leasehold", null);
      }
      JournalState previous = new JournalState();
      JournalState state = new JournalState();
      for (JournalRecord record : reading.records()) {
        previous.apply(record);
        state.apply(record);
      }
      if (reading.torn() > 0) {
        log.warn(
            "event=journal-torn bytes={} records={}", reading.torn(), reading.records().size());
      }
      if (reading.damaged() > 0) {
        // One of the lost lines may have been a lock: only an operator can say.
        log.error("event=journal-damaged lines={} kept={}", reading.damaged(), file.setAside());
        state.apply(new Locked(DAMAGED));
      }
      file.replace(bytes(state.records()));
      Journal journal = new Journal(file, previous, state);
      journal.writer.start();
      return journal;
    } catch (IOException failure) {
      file.close();
      throw failure instanceof JournalException known
          ? known
          : new JournalException("the journal cannot be written: " + failure, failure);
    }
  }

  /** What the process before this one left behind. */
  JournalState previous() {
    return previous;
  }

  /**
   * Adds records, in the order of the calls. Never blocks.
   *
   * @return completes when they are durable; exceptionally with a {@link JournalException}
   */
  CompletableFuture<Void> append(JournalRecord... records) {
    return add(true, records);
  }

  /**
   * Adds records that nobody waits for, in the order of the calls. Never blocks. They become
   * durable with the next ones that somebody waits for, or within a tenth of a second: each fsync
   * of its own would hold up those of the store that is on the same disk.
   */
  void note(JournalRecord... records) {
    add(false, records).exceptionally(failure -> null);
  }

  private CompletableFuture<Void> add(boolean urgent, JournalRecord... records) {
    synchronized (monitor) {
      if (closed) {
        return CompletableFuture.failedFuture(new JournalException("the journal is closed", null));
      }
      if (batch.records.isEmpty()) {
        batch = new Batch();
      }
      batch.records.addAll(List.of(records));
      batch.urgent |= urgent;
      monitor.notifyAll();
      return batch.durable;
    }
  }

  /** Adds records; they are durable when this returns. Blocks. */
  void write(JournalRecord... records) throws JournalException {
    try {
      append(records).join();
    } catch (CompletionException failure) {
      throw failure.getCause() instanceof JournalException known
          ? known
          : new JournalException("the journal cannot be written", failure);
    }
  }

  /** Why nothing can be opened; empty when there is no lock. */
  public Optional<String> locked() {
    return Optional.ofNullable(lock);
  }

  void lock(String reason) throws JournalException {
    lock = reason;
    write(new Locked(reason));
  }

  void unlock() throws JournalException {
    write(new Unlocked());
    lock = null;
  }

  /** Why nothing can be written any more; empty when all is well. */
  public Optional<String> broken() {
    return Optional.ofNullable(broken);
  }

  /**
   * @param action told why, once, on the journal's thread: everything must be fenced, since how
   *     long a lease that is renewed from here on must be looked for will not be written down
   */
  void whenBroken(Consumer<String> action) {
    onBroken = action;
    broken().ifPresent(action);
  }

  private void run() {
    for (Batch next = take(); next != null; next = take()) {
      try {
        file.append(lines(next.records));
        next.records.forEach(state::apply);
        next.durable.complete(null);
        compactIfGrown();
      } catch (IOException | RuntimeException | Error failure) {
        fail(next, failure);
      }
    }
    file.close();
  }

  /** Waits for something to write; null when the journal is closed and all is written. */
  private @Nullable Batch take() {
    synchronized (monitor) {
      while (!isDue()) {
        if (closed) {
          return null;
        }
        try {
          // Zero is for ever.
          monitor.wait(batch.records.isEmpty() ? 0 : Math.max(1, left().toMillis()));
        } catch (InterruptedException asked) {
          closed = true; // nobody else has this thread
        }
      }
      Batch taken = batch;
      batch = new Batch();
      return taken;
    }
  }

  private boolean isDue() {
    return !batch.records.isEmpty() && (batch.urgent || closed || left().isNegative());
  }

  private Duration left() {
    return SOON.minusNanos(System.nanoTime() - batch.since);
  }

  private void compactIfGrown() throws IOException {
    if (file.size() > GROWN) {
      byte[] live = bytes(state.records());
      if (live.length < file.size() / 2) {
        file.replace(live);
      }
    }
  }

  private void fail(Batch failed, Throwable failure) {
    log.error("event=journal-write-failed cause=\"{}\"", failure.toString());
    if (broken == null && !(failure instanceof IOException && file.isSound())) {
      broken = failure.toString();
      try {
        onBroken.accept(failure.toString());
      } catch (RuntimeException bug) { // whoever waits is to be told all the same
        log.error("event=journal-fence-failed", bug);
      }
    }
    failed.durable.completeExceptionally(
        new JournalException("the journal cannot be written: " + failure, failure));
  }

  private static byte[] bytes(List<JournalRecord> records) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(JournalFormat.header());
    bytes.writeBytes(lines(records));
    return bytes.toByteArray();
  }

  private static byte[] lines(List<JournalRecord> records) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    records.forEach(record -> bytes.writeBytes(JournalFormat.line(record)));
    return bytes.toByteArray();
  }

  /** Writes what was appended, and lets another process in; idempotent. */
  @Override
  public void close() {
    synchronized (monitor) {
      closed = true;
      monitor.notifyAll();
    }
    try {
      writer.join();
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
    }
  }
}
