package dev.leasehold.broker.testing;

import dev.leasehold.broker.lease.Timers;
import dev.leasehold.broker.telemetry.BootClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Boot clock, wall clock and timers that move only when a test moves them. */
public final class VirtualTime implements Timers, InstantSource {
  private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

  /** Two of the same action at the same time are two. */
  private static final class Entry {
    final long due;
    final Runnable action;

    Entry(long due, Runnable action) {
      this.due = due;
      this.action = action;
    }
  }

  private final List<Entry> entries = new ArrayList<>();
  private long nanos;

  @Override
  public synchronized Timer at(long bootNanos, Runnable action) {
    Entry entry = new Entry(bootNanos, action);
    if (bootNanos <= nanos) {
      fire(entry);
      return () -> {};
    }
    entries.add(entry);
    return () -> cancel(entry);
  }

  private synchronized void cancel(Entry entry) {
    entries.remove(entry);
  }

  private static void fire(Entry entry) {
    Thread.ofVirtual().name("timer").start(entry.action);
  }

  @Override
  public BootClock clock() {
    return this::nanos;
  }

  public synchronized long nanos() {
    return nanos;
  }

  @Override
  public synchronized Instant instant() {
    return START.plusNanos(nanos);
  }

  /** Moves on, and starts on the way what falls due. */
  public void advance(Duration duration) {
    long end = nanos() + duration.toNanos();
    Entry next = takeDueBy(end);
    while (next != null) {
      fire(next);
      next = takeDueBy(end);
    }
    synchronized (this) {
      nanos = end;
    }
  }

  /** How many actions are to come. */
  public synchronized int waiting() {
    return entries.size();
  }

  /** Moves on to the next action, and starts it. */
  public void advanceToNext() {
    Entry next = takeDueBy(Long.MAX_VALUE);
    if (next == null) {
      throw new IllegalStateException("nothing is to come");
    }
    fire(next);
  }

  /** Moves on by a second, again and again, until {@code condition} holds. */
  public void advanceUntil(BooleanSupplier condition) {
    Eventually.holds(
        "the condition",
        () -> {
          if (condition.getAsBoolean()) {
            return true;
          }
          advance(Duration.ofSeconds(1));
          return condition.getAsBoolean();
        });
  }

  private synchronized @Nullable Entry takeDueBy(long end) {
    Entry next =
        entries.stream()
            .filter(entry -> entry.due <= end)
            .min(Comparator.comparingLong(entry -> entry.due))
            .orElse(null);
    if (next != null) {
      entries.remove(next);
      nanos = Math.max(nanos, next.due);
    }
    return next;
  }
}
