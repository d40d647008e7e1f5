package dev.leasehold.broker.task;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** How often a task does what somebody wants to have bounded, by who wants it. Any thread. */
public final class Rates {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Map<String, Deque<Instant>> last = new HashMap<>();

  /**
   * Counts once more, if that is not too often.
   *
   * @param most in any minute
   */
  public synchronized boolean take(String who, int most, Instant now) {
    Deque<Instant> times = last.computeIfAbsent(who, none -> new ArrayDeque<>());
    while (!times.isEmpty() && !times.getFirst().plus(MINUTE).isAfter(now)) {
      times.removeFirst();
    }
    if (times.size() >= most) {
      return false;
    }
    times.addLast(now);
    return true;
  }
}
