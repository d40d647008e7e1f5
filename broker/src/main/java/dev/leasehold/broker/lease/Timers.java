package dev.leasehold.broker.lease;

import dev.leasehold.broker.telemetry.BootClock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** Actions at readings of the boot clock. */
public interface Timers {

  /** An action to come. */
  @FunctionalInterface
  interface Timer {
    /** Idempotent; an action that has begun goes on. */
    void cancel();
  }

  /** Runs {@code action} on a virtual thread of its own, not before {@code bootNanos}. */
  Timer at(long bootNanos, Runnable action);

  /** The clock that these timers follow. */
  BootClock clock();

  /** Waits; belongs on a virtual thread. */
  default void pause(Duration duration) throws InterruptedException {
    CountDownLatch over = new CountDownLatch(1);
    Timer timer = at(clock().nanos() + duration.toNanos(), over::countDown);
    try {
      over.await();
    } finally {
      timer.cancel();
    }
  }

  /** Real ones; they notice within a quarter of a second that the machine slept. */
  static BootTimers system(BootClock clock) {
    return new BootTimers(clock);
  }
}
