package dev.leasehold.broker.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.audit.AuditEvent;
import dev.leasehold.broker.audit.BrokerEvent;
import dev.leasehold.broker.telemetry.Problem;
import dev.leasehold.broker.testing.ManualClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How much a refused caller can have written. */
final class RefusalTrailTest {
  private final List<AuditEvent> written = new ArrayList<>();
  private final ManualClock clock = new ManualClock();
  private final RefusalTrail trail = new RefusalTrail(written::add, clock::nanos);

  private boolean refuse(String caller) {
    return trail.refused(
        caller, new BrokerEvent.CallerRefused(caller, Problem.UNAUTHORIZED, "", "", ""));
  }

  private void flood(String caller) {
    for (int i = 0; i < RefusalTrail.AT_ONCE; i++) {
      assertTrue(refuse(caller), "line " + i);
    }
  }

  @Test
  void floodIsCountedAndToldOfOnce() {
    // Given
    flood("uid:1");

    // When
    assertFalse(refuse("uid:1"));
    assertFalse(refuse("uid:1"));
    trail.sweep();
    trail.sweep();

    // Then
    assertEquals(RefusalTrail.AT_ONCE + 1, written.size());
    assertEquals(new BrokerEvent.CallersRefused("uid:1", 2), written.getLast());
  }

  @Test
  void floodOfOneCallerHidesNobodyElse() {
    // Given
    flood("uid:1");
    refuse("uid:1");

    // Then
    assertTrue(refuse("uid:2"));
  }

  @Test
  void callerIsWrittenOfAgainWhenItHasBeenQuiet() {
    // Given
    flood("uid:1");

    // When
    clock.pass(RefusalTrail.ONE_MORE);

    // Then
    assertTrue(refuse("uid:1"));
    assertFalse(refuse("uid:1"));

    // When
    clock.pass(RefusalTrail.ONE_MORE.multipliedBy(1000));

    // Then
    flood("uid:1");
    assertFalse(refuse("uid:1"));
  }

  @Test
  void namesThatNobodyHasHeardOfShareOneAllowance() {
    // Given
    for (int i = 0; i < RefusalTrail.MOST_CALLERS; i++) {
      refuse("uid:" + i);
    }

    // When
    for (int i = 0; i < RefusalTrail.AT_ONCE; i++) {
      assertTrue(refuse("another:" + i));
    }

    // Then
    assertFalse(refuse("another"));
    trail.sweep();
    assertEquals(new BrokerEvent.CallersRefused("others", 1), written.getLast());
  }

  @Test
  void callersThatHaveBeenQuietMakeRoomForOthers() {
    // Given
    for (int i = 0; i < RefusalTrail.MOST_CALLERS; i++) {
      refuse("uid:" + i);
    }
    clock.pass(RefusalTrail.ONE_MORE);

    // When
    trail.sweep();

    // Then
    flood("one");
    flood("another");
  }
}
