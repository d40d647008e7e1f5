package dev.leasehold.broker.lease;

import static dev.leasehold.broker.lease.LeaseTester.DATABASE;
import static dev.leasehold.broker.lease.LeaseTester.QUEUE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.lease.LeaseOutcome.Problem;
import dev.leasehold.broker.secret.SecretValue;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.testing.FakeSecretStore.Call;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of leasing when the disk does not take the journal. */
final class JournalFaultsTest {
  private volatile boolean failing;
  private volatile @Nullable Error error;
  private LeaseTester tester;

  @BeforeEach
  void begin(@TempDir Path folder) throws IOException {
    tester =
        new LeaseTester(
            folder.resolve("state"),
            (channel, metadata) -> {
              if (failing) {
                if (error != null) {
                  throw error;
                }
                throw new IOException("told to fail");
              }
              channel.force(metadata);
            });
  }

  @AfterEach
  void end() {
    tester.close();
  }

  @Test
  void nothingIsAskedOfTheStoreThatCannotBeAnnounced() throws IOException {
    // Given
    Task task = tester.open();
    failing = true;

    // When
    tester.refusal(task, DATABASE);

    // Then
    tester.pass(tester.ends.ended(task));
    assertEquals(List.of(), tester.store.calls());
    assertTrue(tester.journal.broken().isPresent());
  }

  @Test
  void journalThatFailedOnceIsNeverTrustedAgain() throws IOException {
    // Given
    failing = true;
    tester.refusal(tester.open(), DATABASE);

    // When
    failing = false;
    LeaseOutcome.Refused refused = tester.refusal(tester.open(), DATABASE);

    // Then
    assertEquals(Problem.VAULT_UNAVAILABLE, refused.problem());
    assertEquals(List.of(), tester.store.calls());
    assertTrue(tester.journal.broken().isPresent());
  }

  @Test
  void whoeverWaitsIsToldWhateverGoesWrong() throws IOException {
    // Given
    error = new OutOfMemoryError("told to fail");
    failing = true;

    // When
    LeaseOutcome.Refused refused = tester.refusal(tester.open(), DATABASE);

    // Then
    assertFalse(refused.detail().isEmpty());
    assertTrue(tester.journal.broken().isPresent());
  }

  @Test
  void secretWhoseLeaseCannotBeWrittenDownIsGivenBackAndLentToNobody() throws IOException {
    // Given
    Task task = tester.open();
    tester.store.after(Call.READ, subject -> failing = true);

    // When
    tester.refusal(task, DATABASE);

    // Then
    Report report = tester.pass(tester.ends.ended(task));
    assertEquals(List.of(1, 1), List.of(report.leases(), report.provenVault()));
    assertEquals(Set.of(), tester.store.liveLeases());
    assertEquals(0, tester.events.count("issued"));
    SecretValue password = tester.store.given().getFirst().field("password").orElseThrow();
    assertTrue(password.isDestroyed());
  }

  @Test
  void everyTaskIsFencedAndEndsWithProof() throws IOException {
    // Given
    Task holder = tester.open();
    tester.touch(holder, DATABASE);
    Task other = tester.open();
    failing = true;

    // When
    tester.refusal(other, QUEUE);

    // Then
    for (Task task : List.of(holder, other)) {
      Report report = tester.pass(tester.ends.ended(task));
      assertEquals(Signal.REVOKED, report.signal().orElseThrow());
      assertEquals(Report.Proof.COMPLETE, report.proof());
    }
    assertEquals(Set.of(), tester.store.liveLeases());
    assertEquals(Set.of(), tester.store.liveAccessors());
  }

  @Test
  void writeThatFailsWithoutDoubtAboutTheFileFencesNobody() throws IOException {
    // Given
    Task task = tester.open();
    tester.touch(task, DATABASE);
    tester.journal.close(); // the next write fails before it begins

    // When
    LeaseOutcome.Refused refused = tester.refusal(task, QUEUE);

    // Then
    assertEquals(Problem.VAULT_UNAVAILABLE, refused.problem());
    assertTrue(task.isActive());
    assertEquals(Optional.empty(), tester.journal.broken());
  }
}
