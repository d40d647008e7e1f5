package dev.leasehold.broker.lease;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Pauses between tries that never end: doubling from a tenth of a second to 30 s, jittered. */
final class Backoff {
  private static final long MOST = Duration.ofSeconds(30).toNanos();

  private long bound = Duration.ofMillis(100).toNanos();

  Duration next() {
    long pause = bound / 2 + ThreadLocalRandom.current().nextLong(bound / 2 + 1);
    bound = Math.min(bound * 2, MOST);
    return Duration.ofNanos(pause);
  }
}
