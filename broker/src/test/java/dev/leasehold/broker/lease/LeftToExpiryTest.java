package dev.leasehold.broker.lease;

import static dev.leasehold.broker.lease.LeaseTester.DATABASE;
import static dev.leasehold.broker.lease.LeaseTester.STATIC;
import static dev.leasehold.broker.lease.LeaseTester.TTL_ONLY;
import static dev.leasehold.broker.lease.LeaseTester.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.secret.Revocability;
import dev.leasehold.broker.secret.SecretValue;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.testing.Eventually;
import dev.leasehold.broker.testing.FakeSecretStore.Call;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What nobody can revoke is never called dead, and is counted for as long as it lives. */
final class LeftToExpiryTest {
  private static final Duration LIFE = Duration.ofHours(1);

  private LeaseTester tester;

  @BeforeEach
  void begin(@TempDir Path folder) throws IOException {
    tester = new LeaseTester(folder.resolve("state"));
    tester.store.leasing(LIFE, false);
  }

  @AfterEach
  void end() {
    tester.close();
  }

  /** Ends the task while time stands still. */
  private Report end(Task task) {
    return await(tester.ends.end(task, Signal.COMPLETED, "test"));
  }

  @Test
  void ttlOnlyLeaseIsReportedWithTheTimeOfItsDeathAndCountedAsExposed() throws IOException {
    // Given
    Task task = tester.open();
    Instant dies = tester.time.instant().plus(LIFE);
    tester.touch(task, TTL_ONLY);
    tester.time.advance(Duration.ofSeconds(20));

    // When
    Report report = end(task);

    // Then
    assertEquals(Report.Proof.RESIDUAL, report.proof());
    assertEquals(
        List.of(new Report.Residual(TTL_ONLY, Revocability.TTL_ONLY, Optional.of(dies))),
        report.residual());
    assertEquals(
        List.of(1, 0, 0, 0),
        List.of(report.leases(), report.revoked(), report.provenVault(), report.unproven()));
    assertEquals((double) LIFE.minusSeconds(20).toSeconds(), tester.exposure(TTL_ONLY));
    assertEquals(0, tester.store.count(Call.REVOKE_LEASE));
    assertEquals(0, tester.gauge("revocations_pending"));
    assertEquals(Set.of(), tester.store.liveAccessors(), "its token is revoked all the same");
  }

  @Test
  void ttlOnlyLeaseThatDiedBeforeItsTaskEndedIsNoResidue() throws IOException {
    // Given
    tester.store.leasing(Duration.ofSeconds(30), false);
    Task task = tester.open();
    tester.touch(task, TTL_ONLY);
    tester.time.advance(Duration.ofSeconds(31));

    // When
    Report report = end(task);

    // Then
    assertEquals(Report.Proof.COMPLETE, report.proof());
    assertEquals(List.of(), report.residual());
    assertEquals(0, tester.exposure(TTL_ONLY));
  }

  @Test
  void staticSecretIsReportedWithoutAnEndAndWipedHere() throws IOException {
    // Given
    Task task = tester.open();
    tester.touch(task, STATIC);
    SecretValue password = tester.store.given().getFirst().field("password").orElseThrow();

    // When
    Report report = end(task);

    // Then
    assertEquals(Report.Proof.RESIDUAL, report.proof());
    assertEquals(
        List.of(new Report.Residual(STATIC, Revocability.STATIC, Optional.empty())),
        report.residual());
    assertEquals(0, tester.store.count(Call.REVOKE_LEASE));
    assertTrue(password.isDestroyed());
  }

  @Test
  void staticSecretIsNothingThatANewLifeWouldLookFor(@TempDir Path folder) throws IOException {
    // Given
    try (LeaseTester first = new LeaseTester(folder)) {
      first.touch(first.open(), STATIC);
    }

    // When
    try (Journal next = Journal.open(folder)) {

      // Then
      assertEquals(1, next.previous().tasks().size());
      assertEquals(Set.of(), next.previous().tasks().getFirst().reads.keySet());
    }
  }

  @Test
  void whatCanBeRevokedIsProvenBesideWhatCannot() throws IOException {
    // Given
    Task task = tester.open();
    tester.touch(task, DATABASE);
    tester.touch(task, TTL_ONLY);
    tester.touch(task, STATIC);

    // When
    Report report = end(task);

    // Then
    assertEquals(Report.Proof.RESIDUAL, report.proof());
    assertEquals(
        List.of(3, 1, 1), List.of(report.leases(), report.revoked(), report.provenVault()));
    assertEquals(2, report.residual().size());
    assertEquals(0, tester.gauge("leases_active"));
  }

  @Test
  void ttlOnlyLeaseIsReplacedBeforeItDiesAndNeverRevoked() throws IOException {
    // Given
    Task task = tester.open();
    Lease first;
    try (LeaseUse use = tester.use(task, TTL_ONLY)) {
      first = use.lease();
    }

    // When
    tester.time.advance(LeaseTester.TTL);

    // Then
    Eventually.holds("it is lent no more", first::isEnded);
    tester.touch(task, TTL_ONLY);
    assertEquals(2, tester.store.count(Call.READ));
    assertEquals(2, end(task).residual().size());
    assertEquals(0, tester.store.count(Call.REVOKE_LEASE));
  }
}
