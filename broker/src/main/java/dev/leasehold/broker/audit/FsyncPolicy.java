package dev.leasehold.broker.audit;

import java.time.Duration;

/**
 * When lines are forced to disk. They are always handed to the operating system before the event
 * counts as written, so that only a power cut can lose the last interval.
 *
 * @param interval zero: with every batch, before its events count as written
 */
public record FsyncPolicy(Duration interval) {
  public static final FsyncPolicy ALWAYS = new FsyncPolicy(Duration.ZERO);
  public static final FsyncPolicy DEFAULT = every(Duration.ofMillis(100));

  public FsyncPolicy {
    if (interval.isNegative()) {
      throw new IllegalArgumentException("interval is negative");
    }
  }

  public static FsyncPolicy every(Duration interval) {
    return new FsyncPolicy(interval);
  }

  public boolean isAlways() {
    return interval.isZero();
  }
}
