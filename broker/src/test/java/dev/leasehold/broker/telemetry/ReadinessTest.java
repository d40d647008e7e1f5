package dev.leasehold.broker.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class ReadinessTest {
  private final AtomicReference<Optional<String>> vault =
      new AtomicReference<>(Optional.of("no login yet"));
  private final Readiness readiness = new Readiness();

  @Test
  void nothingToAskIsNotReady() {
    assertFalse(readiness.isReady());
    assertFalse(readiness.hasStarted());
  }

  @Test
  void oneCheckThatFailsIsEnough() {
    // Given
    readiness.add("svid", Optional::empty);
    readiness.add("vault", vault::get);

    // When
    List<Readiness.Check> answers = readiness.ask();

    // Then
    assertEquals(
        List.of(
            new Readiness.Check("svid", Optional.empty()),
            new Readiness.Check("vault", Optional.of("no login yet"))),
        answers);
    assertFalse(readiness.isReady());
  }

  @Test
  void startedStaysTrueWhenReadyDoesNot() {
    // Given
    readiness.add("vault", vault::get);
    assertFalse(readiness.hasStarted());
    vault.set(Optional.empty());
    assertTrue(readiness.isReady());

    // When
    vault.set(Optional.of("sealed"));

    // Then
    assertFalse(readiness.isReady());
    assertTrue(readiness.hasStarted());
  }

  @Test
  void aCheckThatThrowsIsNotReadyAndItsMessageIsKeptBack() {
    // Given
    readiness.add(
        "vault",
        () -> {
          throw new IllegalStateException("hvs.secret");
        });

    // When
    String reason = readiness.ask().getFirst().reason().orElseThrow();

    // Then
    assertEquals("the check failed: IllegalStateException", reason);
  }

  @Test
  void aNameStandsForOneCheck() {
    // Given
    readiness.add("vault", vault::get);

    // Then
    assertThrows(IllegalArgumentException.class, () -> readiness.add("vault", vault::get));
  }
}
