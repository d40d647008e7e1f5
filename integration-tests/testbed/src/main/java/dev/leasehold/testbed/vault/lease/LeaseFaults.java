package dev.leasehold.testbed.vault.lease;

import java.time.Duration;

/**
 * How revocations go wrong. Delay and failure hold for every attempt, asked or queued, until
 * changed; the retry base is the wait before a queued revocation's second attempt, doubled each
 * time.
 */
public final class LeaseFaults {
  private volatile Duration delay = Duration.ZERO;
  private volatile String failure = "";
  private volatile Duration retryBase = Duration.ofSeconds(10);

  /** Queued revocations wait that long before each attempt; sync ones are not delayed. */
  public void delayQueued(Duration wait) {
    delay = wait;
  }

  /** Every revocation fails with this text; empty for none. */
  public void fail(String text) {
    failure = text;
  }

  public void retryBase(Duration base) {
    retryBase = base;
  }

  Duration delay() {
    return delay;
  }

  Duration backOff(int attempt) {
    return retryBase.multipliedBy(1L << attempt);
  }

  void check() {
    if (!failure.isEmpty()) {
      throw new IllegalStateException(failure);
    }
  }
}
