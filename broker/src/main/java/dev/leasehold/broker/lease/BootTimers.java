package dev.leasehold.broker.lease;

import dev.leasehold.broker.telemetry.BootClock;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Timers on the real boot clock: one daemon thread, asleep while nothing is due. */
public final class BootTimers implements Timers, AutoCloseable {
  /** The JVM's waits stand still while the machine sleeps and the boot clock does not. */
  private static final long LONGEST_NAP = TimeUnit.MILLISECONDS.toNanos(250);

  /** A cancelled one waits for its turn like the others, but holds on to nothing. */
  private static final class Entry implements Timer, Comparable<Entry> {
    private final long dueNanos;
    private volatile @Nullable Runnable action;

    Entry(long dueNanos, Runnable action) {
      this.dueNanos = dueNanos;
      this.action = action;
    }

    @Override
    public void cancel() {
      action = null;
    }

    @Override
    public int compareTo(Entry other) {
      return Long.signum(dueNanos - other.dueNanos);
    }
  }

  private final BootClock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final PriorityQueue<Entry> entries = new PriorityQueue<>();
  private boolean closed;

  BootTimers(BootClock clock) {
    this.clock = clock;
    Thread.ofPlatform().name("leasehold-timers").daemon().start(this::run);
  }

  @Override
  public Timer at(long bootNanos, Runnable action) {
    Entry entry = new Entry(bootNanos, action);
    lock.lock();
    try {
      entries.add(entry);
      if (entries.peek() == entry) {
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
    return entry;
  }

  @Override
  public BootClock clock() {
    return clock;
  }

  private void run() {
    lock.lock();
    try {
      while (!closed) {
        Entry next = entries.peek();
        if (next == null) {
          changed.await();
          continue;
        }
        long wait = next.dueNanos - clock.nanos();
        if (wait > 0) {
          long left = changed.awaitNanos(Math.min(wait, LONGEST_NAP));
          assert left <= LONGEST_NAP;
          continue;
        }
        entries.remove();
        Runnable action = next.action;
        if (action != null) {
          Thread.ofVirtual().name("leasehold-timer").start(action);
        }
      }
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more runs; idempotent. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      entries.clear();
      changed.signal();
    } finally {
      lock.unlock();
    }
  }
}
