package dev.leasehold.broker.vault;

import dev.leasehold.broker.identity.IdentitySnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** When to log in, and why. Used by one thread, but for {@link #succeeded}. */
final class LoginSchedule {
  private final Duration longestTask;
  private final DoubleSupplier random;
  private @Nullable IdentitySnapshot seen;
  private long rotationDueAt;
  private long notBefore;
  private boolean waiting;
  private int failures;

  LoginSchedule(Duration longestTask) {
    this(longestTask, () -> ThreadLocalRandom.current().nextDouble());
  }

  LoginSchedule(Duration longestTask, DoubleSupplier random) {
    this.longestTask = longestTask;
    this.random = random;
  }

  /**
   * Why a login is due now; empty while none is.
   *
   * @param open the generation that takes new tasks, if there is one
   */
  synchronized Optional<String> due(
      Optional<Generation> open, IdentitySnapshot snapshot, long now) {
    if (waiting && notBefore - now > 0) {
      return Optional.empty();
    }
    if (open.isEmpty()) {
      return Optional.of("there is no generation");
    }
    Generation generation = open.get();
    if (GenerationRules.needsSuccessor(
        generation.loginLeft(now), generation.loginLife(), longestTask)) {
      return Optional.of("the login token is shorter than the longest task");
    }
    if (generation.identity() == snapshot) {
      return Optional.empty();
    }
    if (seen != snapshot) {
      seen = snapshot;
      rotationDueAt =
          now + GenerationRules.rotationDelay(lifeOf(snapshot), random.getAsDouble()).toNanos();
    }
    return rotationDueAt - now <= 0
        ? Optional.of("the SVID or its bundle changed")
        : Optional.empty();
  }

  private static Duration lifeOf(IdentitySnapshot snapshot) {
    Instant from = snapshot.chain().getFirst().getNotBefore().toInstant();
    Duration life = Duration.between(from, snapshot.expires());
    return life.isNegative() ? Duration.ZERO : life;
  }

  /** Plans the next try; returns the pause before it. */
  synchronized Duration failed(long now, Duration asked) {
    failures++;
    Duration pause = GenerationRules.retryLoginAfter(failures, asked, random.getAsDouble());
    notBefore = now + pause.toNanos();
    waiting = true;
    return pause;
  }

  synchronized void succeeded() {
    failures = 0;
    waiting = false;
  }
}
