package dev.leasehold.testbed.server;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for a condition, with a deadline. */
public final class Await {

  private static final long POLL_MILLIS = 20;

  private Await() {}

  /** As {@link #until(String, Duration, BooleanSupplier)} with 30 s, enough for a busy machine. */
  public static void until(String what, BooleanSupplier condition) {
    until(what, Duration.ofSeconds(30), condition);
  }

  /**
   * Waits until the condition holds, asking it again and again on this thread.
   *
   * @param what names the condition in the exception
   * @throws IllegalStateException when the deadline passes or the thread is interrupted
   */
  public static void until(String what, Duration deadline, BooleanSupplier condition) {
    long end = System.nanoTime() + deadline.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("not within " + deadline + ": " + what);
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for " + what, stop);
      }
    }
  }
}
