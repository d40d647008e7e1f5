package dev.leasehold.broker.lease;

import dev.leasehold.broker.lease.LeaseOutcome.Problem;
import dev.leasehold.broker.lease.LeaseOutcome.Refused;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * How soon one task may fetch one credential again. A failure is answered from memory for a while
 * that doubles, and even a success is not repeated at once, so that neither a broken store nor a
 * credential that dies as soon as it is made has new ones minted without end. One writer.
 */
final class Restraint {
  private static final Duration FLOOR = Duration.ofSeconds(1);
  private static final Duration FIRST = Duration.ofMillis(250);
  private static final Duration MOST = Duration.ofSeconds(15);

  /** Of what the store asks for; a task is not to be starved by one odd answer. */
  private static final Duration MOST_ASKED = Duration.ofMinutes(1);

  private record Until(long nanos, Refused refusal, int failures) {}

  private volatile @Nullable Until until;

  /** The answer for whoever asks too early; null when a fetch may begin. */
  @Nullable Refused refusal(long nowNanos) {
    Until current = until;
    if (current == null || current.nanos - nowNanos <= 0) {
      return null;
    }
    Duration rest = Duration.ofNanos(current.nanos - nowNanos);
    return new Refused(current.refusal.problem(), current.refusal.detail(), Optional.of(rest));
  }

  /** Returns the refusal with the pause that now begins. */
  Refused failed(Refused refusal, long nowNanos) {
    Until current = until;
    int failures =
        current != null && nowNanos - current.nanos <= MOST.toNanos() ? current.failures : 0;
    long bound = Math.min(FIRST.toNanos() << Math.min(failures, 10), MOST.toNanos());
    long pause = bound / 2 + ThreadLocalRandom.current().nextLong(bound / 2 + 1);
    long asked = refusal.retryAfter().map(Duration::toNanos).orElse(0L);
    pause = Math.max(pause, Math.min(asked, MOST_ASKED.toNanos()));
    Refused answer =
        new Refused(refusal.problem(), refusal.detail(), Optional.of(Duration.ofNanos(pause)));
    until = new Until(nowNanos + pause, answer, failures + 1);
    return answer;
  }

  void succeeded(long nowNanos) {
    until =
        new Until(
            nowNanos + FLOOR.toNanos(),
            new Refused(
                Problem.OVERLOADED,
                "this credential's lease ended right after it was made",
                Optional.empty()),
            0);
  }
}
