package dev.leasehold.broker.lease;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.lease.LeaseOutcome.Problem;
import dev.leasehold.broker.lease.LeaseOutcome.Refused;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RestraintTest {
  private final Restraint restraint = new Restraint();
  private long now = 1;

  private Duration failed(Optional<Duration> asked) {
    Refused refused = new Refused(Problem.VAULT_UNAVAILABLE, "told to fail", asked);
    return restraint.failed(refused, now).retryAfter().orElseThrow();
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  @Test
  void pausesGrowWhileItFails() {
    // When
    for (int i = 0; i < 10; i++) {
      pass(failed(Optional.empty()));
    }

    // Then
    assertTrue(failed(Optional.empty()).compareTo(Duration.ofSeconds(7)) > 0);
    assertNotNull(restraint.refusal(now));
  }

  @Test
  void failureOfLongAgoIsForgotten() {
    // Given
    for (int i = 0; i < 10; i++) {
      pass(failed(Optional.empty()));
    }

    // When
    pass(Duration.ofMinutes(5));

    // Then
    assertTrue(failed(Optional.empty()).compareTo(Duration.ofMillis(250)) <= 0);
  }

  @Test
  void storeIsGivenTheTimeItAsksForButNotTheWholeTask() {
    assertTrue(failed(Optional.of(Duration.ofSeconds(40))).toSeconds() >= 40);
    pass(Duration.ofSeconds(41));
    assertNull(restraint.refusal(now));
    assertTrue(failed(Optional.of(Duration.ofHours(1))).compareTo(Duration.ofMinutes(1)) <= 0);
  }
}
