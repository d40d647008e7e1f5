package dev.leasehold.broker.audit;

import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be written, in its order, bounded. An event stays in it until its batch is done, so
 * that whoever watches over the time sees those in hand as well. Lock-free.
 */
final class Backlog {
  private final Queue<Pending> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();
  private final AtomicLong lost = new AtomicLong();
  private final int capacity;

  Backlog(int capacity) {
    this.capacity = capacity;
  }

  /** False when it is full; twice as much fits of what cannot be refused. */
  boolean offer(Pending pending) {
    int most = pending.canBeRefused() ? capacity : 2 * capacity;
    if (size.incrementAndGet() > most) {
      size.decrementAndGet();
      if (!pending.canBeRefused()) {
        lost.incrementAndGet();
      }
      return false;
    }
    return waiting.add(pending);
  }

  @Nullable Pending oldest() {
    return waiting.peek();
  }

  /** Copies the oldest into {@code batch} without taking them out. */
  void collect(Collection<Pending> batch, int most) {
    for (Pending pending : waiting) {
      if (batch.size() == most) {
        return;
      }
      batch.add(pending);
    }
  }

  /** Takes out the {@code count} oldest: their batch is done. */
  void remove(int count) {
    for (int i = 0; i < count; i++) {
      waiting.poll();
    }
    size.addAndGet(-count);
  }

  /** Refuses what somebody waits for; returns how many. */
  int refuse(Predicate<Pending> which, String why) {
    int refused = 0;
    for (Pending pending : waiting) {
      if (pending.canBeRefused() && which.test(pending) && pending.refuse(why)) {
        refused++;
      }
    }
    return refused;
  }

  /** Takes out what was refused, so that only what must be written is kept. Writer thread only. */
  void dropSettled() {
    waiting.removeIf(
        pending -> {
          boolean drop = pending.isSettled();
          if (drop) {
            size.decrementAndGet();
          }
          return drop;
        });
  }

  /** How many that could not be refused were lost since the last call. */
  long takeLost() {
    return lost.getAndSet(0);
  }

  /** They could not be told of yet. */
  void lostAsWell(long count) {
    lost.addAndGet(count);
  }
}
