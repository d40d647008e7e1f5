package dev.leasehold.broker.identity;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** When to try the Workload API again: full jitter under a bound that doubles to 10 s. */
final class Reconnect {
  private static final long FIRST = Duration.ofMillis(100).toNanos();
  private static final long MOST = Duration.ofSeconds(10).toNanos();

  private long bound = FIRST;
  private long dueAt;
  private boolean everFailed;
  private long remindedAt;
  private boolean everReminded;

  boolean isDue(long now) {
    return !everFailed || dueAt - now <= 0;
  }

  /** Plans the next try; returns the pause before it. */
  Duration failed(long now) {
    long pause = bound / 2 + ThreadLocalRandom.current().nextLong(bound / 2 + 1);
    bound = Math.min(bound * 2, MOST);
    dueAt = now + pause;
    everFailed = true;
    return Duration.ofNanos(pause);
  }

  void succeeded() {
    bound = FIRST;
  }

  /** True once per {@code every}, beginning one {@code every} after the first call. */
  boolean remindIsDue(long now, Duration every) {
    if (!everReminded) {
      everReminded = true;
      remindedAt = now;
      return false;
    }
    if (now - remindedAt < every.toNanos()) {
      return false;
    }
    remindedAt = now;
    return true;
  }
}
