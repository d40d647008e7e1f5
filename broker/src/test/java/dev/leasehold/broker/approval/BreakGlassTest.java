package dev.leasehold.broker.approval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.approval.BreakGlass.Answer;
import dev.leasehold.broker.approval.BreakGlass.Opened;
import dev.leasehold.broker.audit.AuditEvent;
import dev.leasehold.broker.audit.BreakGlassEvent;
import dev.leasehold.broker.policy.CredentialUse;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.broker.testing.Families;
import dev.leasehold.broker.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class BreakGlassTest {
  private static final Duration QUARTER = Duration.ofMinutes(15);
  private static final Approver ANNA = new Approver("anna", Set.of("ops"), Optional.empty());
  private static final Approver BEN = new Approver("ben", Set.of("ops"), Optional.empty());
  private static final Approver STRANGER =
      new Approver("stranger", Set.of("others"), Optional.empty());

  private final ManualClock clock = new ManualClock();
  private final List<AuditEvent> events = new ArrayList<>();
  private final BreakGlass glass = glass(Optional.of(config(3)));
  private final Tasks tasks = new Tasks(clock, clock::nanos);
  private final Task task = Families.open(tasks, Families.kind("api"));
  private final Task other = Families.open(tasks, Families.kind("api"));

  private BreakGlass glass(Optional<BreakGlassConfig> config) {
    return new BreakGlass(config, clock, events::add, new Metrics("test", Metrics.NONE));
  }

  private static BreakGlassConfig config(int perDay) {
    return new BreakGlassConfig(Optional.of("ops"), Duration.ofMinutes(30), perDay);
  }

  private Opened opened(Answer answer) {
    return assertInstanceOf(Answer.Done.class, answer).opened();
  }

  private String refused(Answer answer) {
    return assertInstanceOf(Answer.No.class, answer).why();
  }

  private Answer forKind() {
    return glass.open(ANNA, Optional.empty(), "plan", "the shop is down", QUARTER);
  }

  private List<String> told() {
    return events.stream().map(event -> ((BreakGlassEvent) event).what()).toList();
  }

  @Test
  void itCoversItsTaskOrItsKindAndNothingElseUntilItEnds() {
    // When
    Opened one =
        opened(glass.open(ANNA, Optional.of(task.id()), "plan", "the shop is down", QUARTER));

    // Then
    assertEquals(one.id(), glass.covering(task, null));
    assertNull(glass.covering(other, null));
    clock.pass(QUARTER);
    assertNull(glass.covering(task, null));
  }

  @Test
  void restrictedNeedsTwoHumans() {
    // Given
    CredentialUse restricted = new CredentialUse("c", "o", "restricted", "hard", Optional.empty());
    Opened one = opened(forKind());

    // Then
    assertNull(glass.covering(task, restricted));
    assertTrue(refused(glass.confirm(one.id(), ANNA)).contains("two humans"));
    assertTrue(refused(glass.confirm(one.id(), STRANGER)).contains("group"));
    opened(glass.confirm(one.id(), BEN));
    assertEquals(one.id(), glass.covering(task, restricted));
  }

  @Test
  void noneIsExtendedAndTheNextWaitsAsLongAsTheLastOneLasted() {
    // Given
    opened(forKind());

    // Then
    assertTrue(refused(forKind()).contains("none is extended"));
    clock.pass(QUARTER);
    assertTrue(refused(forKind()).contains("cools down"));
    clock.pass(QUARTER.minusSeconds(1));
    assertTrue(refused(forKind()).contains("cools down"));
    clock.pass(Duration.ofSeconds(1));
    opened(forKind());
  }

  @Test
  void oneThatIsEndedEarlyCoolsDownForAsLongAsItLasted() {
    // Given
    Opened one = opened(forKind());
    clock.pass(Duration.ofMinutes(5));

    // When
    opened(glass.end(one.id(), "anna"));

    // Then
    assertNull(glass.covering(task, null));
    assertTrue(refused(forKind()).contains("cools down"));
    clock.pass(Duration.ofMinutes(5));
    opened(forKind());
  }

  @Test
  void noMoreAreOpenedWithinADayThanMayBe() {
    for (int i = 0; i < 3; i++) {
      opened(forKind());
      clock.pass(QUARTER.multipliedBy(2));
    }
    assertTrue(refused(forKind()).contains("within 24 hours"));
    clock.pass(Duration.ofHours(24));
    opened(forKind());
  }

  @Test
  void onlyMembersOfTheGroupOpenOneAndNoneIsLongerThanMayBe() {
    assertTrue(
        refused(glass.open(STRANGER, Optional.empty(), "plan", "r", QUARTER)).contains("group"));
    assertTrue(
        refused(glass.open(ANNA, Optional.empty(), "plan", "r", Duration.ofMinutes(31)))
            .contains("longer"));
    assertTrue(
        refused(glass(Optional.empty()).open(ANNA, Optional.empty(), "plan", "r", QUARTER))
            .contains("not configured"));
    assertEquals(List.of(), events);
  }

  @Test
  void itsEndIsToldOnceWithWhatItWasUsedFor() {
    // Given
    opened(forKind());
    clock.pass(QUARTER);

    // When
    glass.sweep();
    glass.sweep();

    // Then
    assertEquals(List.of("opened", "ended"), told());
    assertTrue(((BreakGlassEvent) events.getLast()).words().contains("0 calls"));
  }
}
