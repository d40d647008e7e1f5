package dev.leasehold.broker.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock, of the wall and of the boot, that goes on when a test says so. */
public final class ManualClock implements InstantSource {
  private volatile Instant now = Instant.parse("2026-11-25T08:00:00Z");
  private volatile long nanos = 1_000_000_000L;

  @Override
  public Instant instant() {
    return now;
  }

  /** On the boot clock. */
  public long nanos() {
    return nanos;
  }

  public synchronized void pass(Duration time) {
    now = now.plus(time);
    nanos += time.toNanos();
  }
}
