package dev.leasehold.broker.lease;

import static dev.leasehold.broker.lease.LeaseTester.DATABASE;
import static dev.leasehold.broker.lease.LeaseTester.VERIFIED;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.leasehold.broker.secret.SecretStoreException.Kind;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskState;
import dev.leasehold.broker.testing.FakeSecretStore.Call;
import dev.leasehold.broker.testing.FakeSecretStore.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the end of a task makes of the word of the place where its credential was used. */
final class TargetAskedTest {
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private LeaseTester tester;

  @BeforeEach
  void begin(@TempDir Path folder) throws IOException {
    tester = new LeaseTester(folder.resolve("state"));
  }

  @AfterEach
  void end() {
    tester.close();
  }

  /** The target's answers, one after the other; the last one again and again. */
  private void targetSays(TargetProof... answers) {
    tester.target =
        username -> {
          asked.add(username);
          return answers[Math.min(asked.size(), answers.length) - 1];
        };
  }

  private Report endOfATaskThatUsed(String... credentials) throws IOException {
    Task task = tester.open();
    for (String credential : credentials) {
      tester.touch(task, credential);
    }
    return tester.end(task, Signal.COMPLETED);
  }

  @Test
  void goneAtTheTargetIsCountedBesideTheProofOfTheStore() throws IOException {
    // Given
    targetSays(TargetProof.GONE);

    // When
    Report report = endOfATaskThatUsed(DATABASE, VERIFIED);

    // Then
    assertEquals(List.of(2, 1), List.of(report.provenVault(), report.provenTarget()));
    assertEquals(1, asked.size());
    assertEquals(1, tester.events.count("proven TARGET"));
  }

  @Test
  void targetIsAskedForTheUserThatTheStoreMade() throws IOException {
    // Given
    targetSays(TargetProof.GONE);
    tester.store.answering(
        LeaseTester.path(VERIFIED), Map.of("username", "v-worker-1", "password", "password-1"));

    // When
    endOfATaskThatUsed(VERIFIED);

    // Then
    assertEquals(List.of("v-worker-1"), asked);
  }

  @Test
  void stillThereAtTheTargetIsSaidAndNeverCountedAsProven() throws IOException {
    // Given
    targetSays(TargetProof.PRESENT);

    // When
    Report report = endOfATaskThatUsed(VERIFIED);

    // Then
    assertEquals(TaskState.DONE, report.state());
    assertEquals(List.of(1, 0), List.of(report.provenVault(), report.provenTarget()));
    assertEquals(3, asked.size());
    assertEquals(3, tester.events.count("present-at-target"));
    assertEquals(0, tester.events.count("proven TARGET"));
  }

  @Test
  void targetThatIsALittleLateIsAskedAgain() throws IOException {
    // Given
    targetSays(TargetProof.PRESENT, TargetProof.UNKNOWN, TargetProof.GONE);

    // When
    Report report = endOfATaskThatUsed(VERIFIED);

    // Then
    assertEquals(1, report.provenTarget());
    assertEquals(3, asked.size());
  }

  @Test
  void targetThatCannotBeAskedLeavesTheProofOfTheStoreAndTheReportSaysSo() throws IOException {
    // Given
    targetSays(TargetProof.UNKNOWN);

    // When
    Report report = endOfATaskThatUsed(VERIFIED);

    // Then
    assertEquals(Report.Proof.COMPLETE, report.proof());
    assertEquals(List.of(1, 0), List.of(report.provenVault(), report.provenTarget()));
    assertEquals(0, tester.events.count("present-at-target"));
  }

  @Test
  void leaseThatDiedWithItsTokenBecauseItsOwnRevocationFailedIsAskedForAsWell() throws IOException {
    // Given
    targetSays(TargetProof.GONE);
    tester.store.before(Call.REVOKE_LEASE, Step.failing(Kind.UNANSWERED));

    // When
    Report report = endOfATaskThatUsed(VERIFIED);

    // Then
    assertEquals(
        List.of(0, 1, 1), List.of(report.revoked(), report.provenVault(), report.provenTarget()));
  }
}
