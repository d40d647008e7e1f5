package dev.leasehold.broker.lease;

import static dev.leasehold.broker.lease.LeaseTester.DATABASE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.secret.SecretStoreException.Kind;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.testing.Eventually;
import dev.leasehold.broker.testing.FakeSecretStore.Call;
import dev.leasehold.broker.testing.FakeSecretStore.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lease from its issue to its task's end, or its own. */
final class UpkeepTest {
  private static final Duration LIFE = Duration.ofSeconds(30);

  private LeaseTester tester;

  @BeforeEach
  void begin(@TempDir Path folder) throws IOException {
    tester = new LeaseTester(folder.resolve("state"));
    tester.ttl = Duration.ofDays(1);
    tester.idle = Optional.empty();
    tester.store.leasing(LIFE, true);
  }

  @AfterEach
  void end() {
    tester.close();
  }

  private Lease lease(Task task) {
    try (LeaseUse use = tester.use(task, DATABASE)) {
      return use.lease();
    }
  }

  /** Lets time pass until something is to be done for one of {@code leases} leases. */
  private void passToNextAct(int leases) {
    Eventually.holds("the next act is planned", () -> tester.time.waiting() == leases + 1);
    tester.time.advanceToNext(); // what waits besides is the task's deadline, a day away
  }

  private void passToNextAct() {
    passToNextAct(1);
  }

  @Test
  void leaseIsRenewedAgainAndAgainWhileItsTaskLives() throws IOException {
    // Given
    Task task = tester.open();
    Lease first = lease(task);

    for (int renewals = 1; renewals <= 3; renewals++) {
      // When
      int count = renewals;
      passToNextAct();
      Eventually.holds("it is renewed", () -> tester.events.count("renewed") == count);

      // Then
      assertSame(first, lease(task));
      assertEquals(
          tester.time.instant().plus(LIFE),
          tester.leases.views(task).getFirst().expiresAt().orElseThrow());
    }
    assertEquals(1, tester.store.count(Call.READ));
    assertTrue(tester.time.nanos() > LIFE.toNanos(), "it was renewed before it had to be");
  }

  @Test
  void renewalIsAskedForAsLongAsTheConfigurationAllowsAndNoLonger() throws IOException {
    // Given
    tester.store.leasing(Duration.ofDays(7), true);
    Task task = tester.open();
    lease(task);

    // When
    passToNextAct();
    Eventually.holds("it is renewed", () -> tester.events.count("renewed") == 1);

    // Then
    assertTrue(tester.time.nanos() < LeaseTester.TTL.toNanos(), "renewed after its ttl");
  }

  @Test
  void renewalThatFailsIsTriedAgain() throws IOException {
    // Given
    Task task = tester.open();
    Lease first = lease(task);
    tester.store.before(Call.RENEW, Step.failing(Kind.UNAVAILABLE));
    passToNextAct();
    Eventually.holds("it was tried", () -> tester.store.count(Call.RENEW) == 1);

    // When
    Eventually.holds("it is to be tried again", () -> tester.time.waiting() == 2);
    tester.store.before(Call.RENEW, Step.NOTHING);
    passToNextAct();

    // Then
    Eventually.holds("it is renewed", () -> tester.events.count("renewed") == 1);
    assertTrue(tester.time.nanos() < LIFE.toNanos());
    assertSame(first, lease(task));
  }

  @Test
  void leaseThatIsNotRenewedInTimeIsReplacedBeforeItDiesAndThenRevoked() throws IOException {
    // Given
    Task task = tester.open();
    Lease first = lease(task);
    String id = tester.store.liveLeases().iterator().next();
    tester.store.before(Call.RENEW, Step.failing(Kind.UNAVAILABLE));

    // When
    while (!first.isEnded()) {
      long tried = tester.store.count(Call.RENEW);
      passToNextAct();
      Eventually.holds(
          "another try, or the end",
          () -> tester.store.count(Call.RENEW) > tried || first.isEnded());
    }

    // Then
    assertTrue(tester.store.count(Call.RENEW) > 1);
    assertTrue(tester.time.nanos() < LIFE.toNanos(), "it was lent until it was dead");
    tester.store.before(Call.RENEW, Step.NOTHING);
    assertNotEquals(first.version(), lease(task).version());

    // When
    passToNextAct(2); // the death of the first one

    // Then
    Eventually.holds("it is revoked", () -> !tester.store.liveLeases().contains(id));
    assertEquals(LIFE.toNanos(), tester.time.nanos());
    assertTrue(task.isActive());
  }

  @Test
  void leaseThatTheStoreDoesNotKnowAnyMoreIsReplacedAtOnce() throws IOException {
    // Given
    Task task = tester.open();
    Lease first = lease(task);
    tester.store.before(Call.RENEW, Step.failing(Kind.INVALID));

    // When
    passToNextAct();

    // Then
    Eventually.holds("it is lent no more", first::isEnded);
    assertEquals(1, tester.store.count(Call.RENEW));
    assertNotEquals(first.version(), lease(task).version());
  }

  @Test
  void leaseIsNotLentLongerThanTheStoreSaidWhenItCutItsRenewalShort() throws IOException {
    // Given
    Duration rest = Duration.ofSeconds(5);
    Task task = tester.open();
    Lease first = lease(task);
    tester.store.leasing(rest, true);

    // When
    passToNextAct();
    long renewed = tester.time.nanos();
    Eventually.holds("it was tried", () -> tester.store.count(Call.RENEW) == 1);
    passToNextAct();

    // Then
    Eventually.holds("it is lent no more", first::isEnded);
    assertTrue(tester.time.nanos() - renewed < rest.toNanos(), "it was lent until it was dead");
    assertEquals(0, tester.events.count("renewed"));
    assertNotEquals(first.version(), lease(task).version());
  }

  @Test
  void leaseThatOutlivesItsTaskIsLeftAlone() throws IOException {
    // Given
    tester.ttl = LIFE.minusSeconds(1);

    // When
    lease(tester.open());

    // Then
    assertEquals(1, tester.time.waiting(), "more than the deadline is to come");
  }

  @Test
  void leaseOfAnEndedTaskIsRenewedNoMore() throws IOException {
    // Given
    Task task = tester.open();
    Lease first = lease(task);
    assertEquals(2, tester.time.waiting());

    // When
    LeaseTester.await(tester.ends.end(task, Signal.COMPLETED, "test"));

    // Then
    assertTrue(first.isEnded());
    assertEquals(1, tester.time.waiting(), "more than the forgetting of the task is to come");
    assertFalse(task.isActive());
  }
}
