package dev.leasehold.broker.lease;

import static dev.leasehold.broker.lease.LeaseTester.DATABASE;
import static dev.leasehold.broker.lease.LeaseTester.QUEUE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.lease.JournalRecord.Generation;
import dev.leasehold.broker.lease.JournalRecord.LeaseMade;
import dev.leasehold.broker.lease.JournalRecord.ReadIntent;
import dev.leasehold.broker.lease.JournalRecord.TaskIntent;
import dev.leasehold.broker.lease.JournalRecord.TokenMade;
import dev.leasehold.broker.secret.SecretStoreException.Kind;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.testing.FakeSecretStore;
import dev.leasehold.broker.testing.FakeSecretStore.Call;
import dev.leasehold.broker.testing.FakeSecretStore.Step;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecoveryTest {
  private static final Duration PATIENCE = Duration.ofDays(1);
  private static final Duration LEASE_LIFE = Duration.ofSeconds(40);

  /** Longer than any time that a test lets pass, however fast it runs away from slow threads. */
  private static final Duration FOR_EVER = Duration.ofDays(365);

  private static final String LOGIN = "login-accessor";

  @TempDir Path folder;

  /** A life with a login, two tasks and three leases, in which one of the tasks is ended. */
  private List<JournalRecord> recordedLife(Duration leaseLife) throws IOException {
    Path stateDir = folder.resolve("first");
    try (LeaseTester tester = new LeaseTester(stateDir)) {
      tester.store.leasing(leaseLife, true);
      tester.ttl = FOR_EVER;
      new Generations(tester.surroundings, tester.ends)
          .opened("gen-1", LOGIN, tester.time.instant().plus(FOR_EVER));
      Task ended = tester.open();
      tester.touch(ended, DATABASE);
      Task open = tester.open();
      tester.touch(open, DATABASE);
      tester.touch(open, QUEUE);
      LeaseTester.await(tester.ends.end(ended, Signal.COMPLETED, "test")); // no time passes
    }
    return JournalFormat.read(Files.readAllBytes(stateDir.resolve("journal"))).records();
  }

  private static JournalState stateAfter(List<JournalRecord> records) {
    JournalState state = new JournalState();
    records.forEach(state::apply);
    return state;
  }

  /** The process after the one that wrote these records and no more. */
  private LeaseTester lifeAfter(List<JournalRecord> records) throws IOException {
    Path stateDir = Files.createDirectories(folder.resolve("after-" + records.size()));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(JournalFormat.header());
    records.forEach(record -> bytes.writeBytes(JournalFormat.line(record)));
    Files.write(stateDir.resolve("journal"), bytes.toByteArray());
    return new LeaseTester(stateDir);
  }

  /**
   * Puts into the store what it may hold when the writer dies after {@code prefix}: what was
   * announced exists, its name written or not, and what has a name in the journal no longer hangs
   * on anything above it, so that only its own revocation ends it.
   */
  private static void plant(
      FakeSecretStore store, List<JournalRecord> prefix, List<JournalRecord> life) {
    JournalState state = stateAfter(prefix);
    state.generations().forEach(login -> store.plantAccessor(login.loginAccessor(), "root"));
    for (JournalState.OpenTask task : state.tasks()) {
      TokenMade token =
          life.stream()
              .filter(TokenMade.class::isInstance)
              .map(TokenMade.class::cast)
              .filter(made -> made.task().equals(task.intent.task()))
              .findFirst()
              .orElseThrow();
      store.plantAccessor(token.accessor(), task.token == null ? LOGIN : "root");
      for (JournalState.Read read : task.reads.values()) {
        LeaseMade lease =
            life.stream()
                .filter(LeaseMade.class::isInstance)
                .map(LeaseMade.class::cast)
                .filter(made -> made.task().equals(token.task()))
                .filter(made -> made.read() == read.intent().read())
                .findFirst()
                .orElseThrow();
        store.plantLease(lease.leaseId(), read.lease() == null ? token.accessor() : "root");
      }
    }
  }

  private static CompletionStage<Boolean> recover(LeaseTester tester, Duration patience) {
    CompletableFuture<Boolean> proven = new CompletableFuture<>();
    Recovery recovery = new Recovery(tester.surroundings);
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                proven.complete(recovery.run(patience));
              } catch (InterruptedException asked) {
                proven.completeExceptionally(asked);
              }
            });
    return proven;
  }

  @Test
  void everythingIsEndedWhateverRecordWasTheLast() throws IOException {
    // Given
    List<JournalRecord> life = recordedLife(LEASE_LIFE);
    assertEquals(1, life.stream().filter(Generation.class::isInstance).count());
    assertEquals(2, life.stream().filter(TaskIntent.class::isInstance).count());
    assertEquals(3, life.stream().filter(ReadIntent.class::isInstance).count());
    assertEquals(3, life.stream().filter(LeaseMade.class::isInstance).count());

    for (int length = 0; length <= life.size(); length++) {
      List<JournalRecord> prefix = life.subList(0, length);
      String when = "after " + length + " records";
      int openTasks = stateAfter(prefix).tasks().size();
      try (LeaseTester tester = lifeAfter(prefix)) {
        plant(tester.store, prefix, life);

        // When
        boolean proven = tester.pass(recover(tester, PATIENCE));
        tester.time.advanceUntil(() -> tester.events.recoveredTasks().size() == openTasks);

        // Then
        assertTrue(proven, when);
        assertEquals(Set.of(), tester.store.liveAccessors(), when);
        assertEquals(Set.of(), tester.store.liveLeases(), when);
        assertEquals(0, tester.gauge("revocations_pending"), when);
        assertEquals(0, tester.gauge("reads_unanswered"), when);
      }
      try (Journal journal = Journal.open(folder.resolve("after-" + length))) {
        assertEquals(List.of(), journal.previous().records(), when);
      }
    }
  }

  @Test
  void storeThatIsDownIsRetriedAfterPatienceIsOver() throws IOException {
    // Given
    List<JournalRecord> life = recordedLife(FOR_EVER); // nothing ends by expiry
    try (LeaseTester tester = lifeAfter(life)) {
      plant(tester.store, life, life);
      tester.store.goDown();

      // When
      boolean proven = tester.pass(recover(tester, Duration.ofSeconds(5)));

      // Then
      assertFalse(proven);

      // When
      tester.store.comeBack();
      tester.time.advanceUntil(
          () ->
              tester.store.liveAccessors().isEmpty() && !tester.events.recoveredTasks().isEmpty());

      // Then
      assertEquals(Set.of(), tester.store.liveLeases());
      RecoveredTask recovered = tester.events.recoveredTasks().getFirst();
      assertEquals(
          List.of(2, 2, 0), List.of(recovered.leases(), recovered.proven(), recovered.expired()));
    }
  }

  @Test
  void leaseThatCannotBeLookedUpIsNeverCalledProvenAndKeptUntilItsExpiry() throws IOException {
    // Given
    List<JournalRecord> life = recordedLife(LEASE_LIFE);
    try (LeaseTester tester = lifeAfter(life)) {
      plant(tester.store, life, life);
      tester.store.before(Call.LOOKUP_LEASE, Step.failing(Kind.DENIED));

      // When
      assertTrue(tester.pass(recover(tester, PATIENCE)));
      tester.time.advanceUntil(() -> !tester.events.recoveredTasks().isEmpty());

      // Then
      RecoveredTask recovered = tester.events.recoveredTasks().getFirst();
      assertEquals(
          List.of(2, 0, 2), List.of(recovered.leases(), recovered.proven(), recovered.expired()));
      Duration waited = Duration.ofNanos(tester.time.nanos());
      assertTrue(waited.compareTo(LEASE_LIFE) >= 0, "let go after " + waited);
    }
  }
}
