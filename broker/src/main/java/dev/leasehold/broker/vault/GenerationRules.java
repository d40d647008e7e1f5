package dev.leasehold.broker.vault;

import java.time.Duration;

/**
 * When a generation renews, is replaced and is given up: arithmetic only, so that a test needs no
 * clock. Every {@code random} is in [0, 1).
 */
final class GenerationRules {
  /** What a successor needs beyond the longest task: the 60 s that a task token outlives it. */
  static final Duration SLACK = Duration.ofSeconds(90);

  private static final Duration SHORTEST_RETRY = Duration.ofMillis(250);
  private static final Duration FIRST_LOGIN_RETRY = Duration.ofMillis(500);
  private static final Duration LONGEST_LOGIN_RETRY = Duration.ofSeconds(30);
  private static final Duration LONGEST_ROTATION_DELAY = Duration.ofSeconds(30);

  private GenerationRules() {}

  /**
   * From one renewal of the heartbeat to the next: 40 % of its life, a tenth of that more or less.
   */
  static Duration renewAfter(Duration ttl, double random) {
    return scale(ttl, 0.36 + 0.08 * random);
  }

  /**
   * From a failed renewal to the next try: full jitter above a floor, bounded by a tenth of the
   * life so that several tries fit in what is left of it.
   *
   * @param failures in a row, at least 1
   */
  static Duration retryRenewalAfter(int failures, Duration ttl, double random) {
    Duration bound = doubled(SHORTEST_RETRY, failures);
    Duration most = max(ttl.dividedBy(10), SHORTEST_RETRY);
    return SHORTEST_RETRY.plus(scale(min(bound, most), random));
  }

  /**
   * From a failed login to the next try: never less than half of a bound that doubles to 30 s, nor
   * less than Vault asked for.
   */
  static Duration retryLoginAfter(int failures, Duration asked, double random) {
    Duration bound = min(doubled(FIRST_LOGIN_RETRY, failures - 1), LONGEST_LOGIN_RETRY);
    return max(bound.dividedBy(2).plus(scale(bound.dividedBy(2), random)), asked);
  }

  /**
   * From a rotation to the login with the new SVID: a fiftieth of its life, so that sidecars that
   * rotate together do not log in together.
   */
  static Duration rotationDelay(Duration svidLife, double random) {
    return scale(min(svidLife.dividedBy(50), LONGEST_ROTATION_DELAY), random);
  }

  /**
   * Whether the next task could outlive the login token.
   *
   * @param left of the login token's life
   * @param life that it was given: when that is too short for the longest task from the start, half
   *     of it, or we should log in without end
   */
  static boolean needsSuccessor(Duration left, Duration life, Duration longestTask) {
    return left.compareTo(min(longestTask.plus(SLACK), life.dividedBy(2))) < 0;
  }

  private static Duration doubled(Duration first, int times) {
    return first.multipliedBy(1L << Math.min(Math.max(times, 0), 16));
  }

  private static Duration scale(Duration duration, double factor) {
    return Duration.ofNanos((long) (duration.toNanos() * factor));
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
