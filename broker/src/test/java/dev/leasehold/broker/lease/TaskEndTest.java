package dev.leasehold.broker.lease;

import static dev.leasehold.broker.lease.LeaseTester.DATABASE;
import static dev.leasehold.broker.lease.LeaseTester.QUEUE;
import static dev.leasehold.broker.lease.LeaseTester.SOFT;
import static dev.leasehold.broker.lease.LeaseTester.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.lease.LeaseOutcome.Problem;
import dev.leasehold.broker.secret.Revocability;
import dev.leasehold.broker.secret.SecretStoreException.Kind;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskState;
import dev.leasehold.broker.testing.Eventually;
import dev.leasehold.broker.testing.FakeSecretStore.Call;
import dev.leasehold.broker.testing.FakeSecretStore.Step;
import dev.leasehold.broker.testing.Gate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TaskEndTest {
  /** What a lease may live that nobody knows: its own life, and the longest request before it. */
  private static final Duration UNKNOWN_LIFE = LeaseTester.TTL.plusSeconds(90);

  private LeaseTester tester;

  @BeforeEach
  void begin(@TempDir Path folder) throws IOException {
    tester = new LeaseTester(folder.resolve("state"));
  }

  @AfterEach
  void end() {
    tester.close();
  }

  @Test
  void everyLeaseAndTheTokenAreProvenDeadWhenTheTaskIsDone() throws IOException {
    // Given
    Task task = tester.open();
    tester.touch(task, DATABASE);
    tester.touch(task, QUEUE);

    // When
    Report report = tester.end(task, Signal.COMPLETED);

    // Then
    assertEquals(TaskState.DONE, report.state());
    assertEquals(Report.Proof.COMPLETE, report.proof());
    assertEquals(
        List.of(2, 2, 2), List.of(report.leases(), report.revoked(), report.provenVault()));
    assertEquals(Set.of(), tester.store.liveLeases());
    assertEquals(Set.of(), tester.store.liveAccessors());
    assertTrue(tester.endpoints.isClosed(task));
    assertEquals("ended", tester.events.names().getLast());
  }

  @Test
  void taskThatUsedNothingEndsWithoutTheStore() throws IOException {
    // Given
    Task task = tester.open();

    // When
    Report report = tester.end(task, Signal.COMPLETED);

    // Then
    assertEquals(Report.Proof.COMPLETE, report.proof());
    assertEquals(List.of(), tester.store.calls());
  }

  @Test
  void answerThatComesAfterTheFenceIsRevokedAndNeverLent() throws IOException {
    // Given
    Task task = tester.open();
    Gate gate = new Gate();
    tester.store.before(Call.READ, gate);
    CompletionStage<LeaseOutcome> wanted = tester.lease(task, DATABASE);
    gate.awaitArrival();

    // When
    CompletionStage<Report> end = tester.ends.end(task, Signal.COMPLETED, "test");
    LeaseOutcome outcome = await(wanted);
    tester.time.advanceUntil(() -> tester.store.liveAccessors().isEmpty());
    assertFalse(end.toCompletableFuture().isDone());
    gate.open(); // the lease comes to be below a token that is gone, and outlives it
    Report report = tester.pass(end);

    // Then
    assertEquals(
        Problem.TASK_ENDED, assertInstanceOf(LeaseOutcome.Refused.class, outcome).problem());
    assertEquals(Set.of(), tester.store.liveLeases());
    assertEquals(List.of(1, 1), List.of(report.leases(), report.provenVault()));
    assertEquals(Report.Proof.COMPLETE, report.proof());
    assertEquals(1, tester.events.count("late"));
    assertEquals(0, tester.events.count("issued"));
    assertEquals("ended", tester.events.names().getLast());
  }

  @Test
  void answerThatComesDuringALookUpIsSeenWithoutAnyWait() throws IOException {
    // Given
    Task task = tester.open();
    Gate read = new Gate();
    Gate lookUp = new Gate();
    tester.store.before(Call.READ, read);
    tester.store.before(Call.LOOKUP_ACCESSOR, lookUp);
    CompletionStage<LeaseOutcome> wanted = tester.lease(task, DATABASE);
    read.awaitArrival();
    CompletionStage<Report> end = tester.ends.end(task, Signal.COMPLETED, "test");
    lookUp.awaitArrival();

    // When
    read.open();
    assertInstanceOf(LeaseOutcome.Refused.class, await(wanted));
    Eventually.holds(
        "the answer is told of", () -> tester.events.count("not-issued TASK_ENDED") == 1);
    lookUp.open();

    // Then
    assertEquals(Report.Proof.COMPLETE, await(end).proof(), "time stood still");
  }

  @Test
  void answerThatNeverCameKeepsTheTaskFromDoneUntilItsLeaseWouldBeOver() throws IOException {
    // Given
    Task task = tester.open();
    tester.store.after(Call.READ, Step.failing(Kind.UNANSWERED));
    assertEquals(Problem.VAULT_UNAVAILABLE, tester.refusal(task, DATABASE).problem());
    assertEquals(1, tester.gauge("reads_unanswered"));

    // When
    Report report = tester.end(task, Signal.COMPLETED);

    // Then
    assertTrue(report.took().compareTo(UNKNOWN_LIFE) >= 0, "done after " + report.took());
    assertEquals(Report.Proof.RESIDUAL, report.proof());
    assertEquals(DATABASE, report.residual().getFirst().credential());
    assertEquals(0, tester.gauge("reads_unanswered"));
    assertEquals(0, tester.events.count("stuck"));
  }

  @Test
  void lookUpThatIsDeniedProvesNothingAndIsRepeated() throws IOException {
    // Given
    Task task = tester.open();
    tester.touch(task, DATABASE);
    tester.store.before(Call.LOOKUP_LEASE, Step.failing(Kind.DENIED));

    // When
    CompletionStage<Report> end = tester.ends.end(task, Signal.COMPLETED, "test");
    tester.time.advanceUntil(() -> tester.store.count(Call.LOOKUP_LEASE) >= 5);

    // Then
    assertFalse(end.toCompletableFuture().isDone());
    Report soFar = tester.ends.report(task.id()).orElseThrow();
    assertEquals(Report.Proof.PENDING, soFar.proof());
    assertEquals(List.of(0, 1), List.of(soFar.provenVault(), soFar.unproven()));

    // When
    tester.store.before(Call.LOOKUP_LEASE, Step.NOTHING);

    // Then
    assertEquals(Report.Proof.COMPLETE, tester.pass(end).proof());
  }

  @Test
  void tokenIsProvenByItsOwnLookUpOnly() throws IOException {
    // Given
    Task task = tester.open();
    tester.touch(task, DATABASE);
    tester.store.before(Call.LOOKUP_ACCESSOR, Step.failing(Kind.DENIED));

    // When
    CompletionStage<Report> end = tester.ends.end(task, Signal.COMPLETED, "test");
    tester.time.advanceUntil(() -> tester.store.count(Call.LOOKUP_ACCESSOR) >= 5);

    // Then
    assertFalse(end.toCompletableFuture().isDone());

    // When
    tester.store.before(Call.LOOKUP_ACCESSOR, Step.NOTHING);

    // Then
    assertEquals(Report.Proof.COMPLETE, tester.pass(end).proof());
  }

  @Test
  void revocationThatTheStoreConfirmedAndDidNotDoIsRepeated() throws IOException {
    // Given
    Task task = tester.open();
    tester.touch(task, DATABASE);
    AtomicBoolean lied = new AtomicBoolean();
    tester.store.after(
        Call.REVOKE_LEASE,
        leaseId -> {
          if (!lied.getAndSet(true)) {
            tester.store.plantLease(leaseId, "another");
          }
        });

    // When
    Report report = tester.end(task, Signal.COMPLETED);

    // Then
    assertEquals(Report.Proof.COMPLETE, report.proof());
    assertEquals(2, tester.store.count(Call.REVOKE_LEASE));
    assertEquals(Set.of(), tester.store.liveLeases());
  }

  @Test
  void engineThatHangsDoesNotKeepTheTokenAlive() throws IOException {
    // Given
    Task task = tester.open();
    tester.touch(task, DATABASE);
    Gate gate = new Gate();
    tester.store.before(Call.REVOKE_LEASE, gate);

    // When
    CompletionStage<Report> end = tester.ends.end(task, Signal.COMPLETED, "test");
    gate.awaitArrival();

    // Then
    tester.time.advanceUntil(() -> tester.store.liveAccessors().isEmpty());
    gate.open();
    assertEquals(Report.Proof.COMPLETE, tester.pass(end).proof());
  }

  @Test
  void taskIsStuckAfterFiveMinutesWithoutProofAndRetriedAllTheSame() throws IOException {
    // Given
    Task task = tester.open();
    tester.touch(task, DATABASE);
    tester.store.goDown();

    // When
    CompletionStage<Report> end = tester.ends.end(task, Signal.COMPLETED, "test");
    tester.time.advanceUntil(() -> tester.events.count("stuck") > 0);

    // Then
    Duration took = tester.events.stuckTasks().getFirst().took();
    assertTrue(took.compareTo(Duration.ofMinutes(5)) >= 0, "stuck after " + took);
    assertEquals(TaskState.STUCK, task.state());
    assertEquals(2, tester.gauge("revocations_stuck"), "the lease and the token");
    long asked = tester.store.count(Call.REVOKE_LEASE);
    tester.time.advanceUntil(() -> tester.store.count(Call.REVOKE_LEASE) > asked + 1);

    // When
    tester.store.comeBack();

    // Then
    assertEquals(TaskState.DONE, tester.pass(end).state());
    assertEquals(Set.of(), tester.store.liveLeases());
    assertEquals(1, tester.events.count("stuck"));
    assertAllGaugesAreZero();
  }

  @Test
  void leaseThatIsOnlySoftlyRevocableIsLeftWithAWordAfterThreeLookUps() throws IOException {
    // Given
    Task task = tester.open();
    tester.touch(task, SOFT);
    tester.store.before(Call.LOOKUP_LEASE, Step.failing(Kind.UNAVAILABLE));

    // When
    Report report = tester.end(task, Signal.COMPLETED);

    // Then
    assertEquals(3, tester.store.count(Call.LOOKUP_LEASE));
    assertEquals(Report.Proof.RESIDUAL, report.proof());
    assertEquals(Revocability.SOFT, report.residual().getFirst().revocability());
    assertAllGaugesAreZero();
  }

  @Test
  void firstSignalWins() throws IOException {
    // Given
    Task task = tester.open();

    // When
    CompletionStage<Report> first = tester.ends.end(task, Signal.CANCELLED, "first");
    CompletionStage<Report> second = tester.ends.end(task, Signal.REVOKED, "second");

    // Then
    assertEquals(Signal.CANCELLED, task.end().orElseThrow().signal());
    assertEquals("first", task.end().orElseThrow().reason());
    assertSame(tester.pass(first), tester.pass(second));
    assertEquals(1, tester.events.count("signalled"));
  }

  @Test
  void signalsThatComeAtOnceEndATaskOnce() throws IOException {
    // Given
    Task task = tester.open();
    tester.touch(task, DATABASE);

    // When
    List<Report> reports =
        Stream.of(Signal.values())
            .parallel()
            .map(signal -> tester.ends.end(task, signal, signal.word()))
            .toList()
            .stream()
            .map(tester::pass)
            .distinct()
            .toList();

    // Then
    assertEquals(1, reports.size());
    assertEquals(1, tester.events.count("signalled"));
    assertEquals(1, tester.events.count("ended"));
  }

  @Test
  void deadlineEndsATaskThatIsBusyAndCutsItsCalls() throws IOException {
    // Given
    Task task = tester.open();
    AtomicBoolean cut = new AtomicBoolean();
    assertTrue(task.enter(() -> cut.set(true), tester.time.nanos()));

    // When
    tester.time.advance(LeaseTester.TASK_TTL);
    Report report = tester.pass(tester.ends.ended(task));

    // Then
    assertEquals(Signal.DEADLINE, report.signal().orElseThrow());
    assertTrue(cut.get());
  }

  @Test
  void taskThatIsIdleEndsAndIdlenessIsCountedFromItsLastCall() throws IOException {
    // Given
    Task task = tester.open();
    tester.time.advance(LeaseTester.IDLE.minusSeconds(1));
    long lastCall = tester.time.nanos();
    task.denied(lastCall);

    // When
    Report report = tester.pass(tester.ends.ended(task));

    // Then
    assertEquals(Signal.IDLE, report.signal().orElseThrow());
    Duration idle = Duration.ofNanos(task.end().orElseThrow().atNanos() - lastCall);
    assertTrue(idle.compareTo(LeaseTester.IDLE) >= 0, "ended after " + idle);
  }

  @Test
  void taskWhoseOpeningCannotBeWrittenDownIsEndedAtOnce() {
    // Given
    tester.events.refuseOpenings();

    // When
    assertThrows(IOException.class, () -> tester.open());

    // Then
    assertTrue(tester.tasks.all().stream().noneMatch(Task::isActive));
    assertEquals(1, tester.events.count("signalled"));
  }

  @Test
  void lossOfALoginEndsTheTasksBelowItAndNoOthers() throws IOException {
    // Given
    Task lost = tester.open();
    tester.touch(lost, DATABASE);
    tester.store.generation("gen-2");
    Task other = tester.open();
    tester.touch(other, DATABASE);

    // When
    tester.ends.endGeneration("gen-1", "lost");

    // Then
    assertEquals(Signal.REVOKED, tester.pass(tester.ends.ended(lost)).signal().orElseThrow());
    assertTrue(other.isActive());
  }

  @Test
  void gaugesAreBackAtZeroWhenAllTasksAreDone() throws IOException {
    // Given
    Task one = tester.open();
    Task other = tester.open();
    tester.touch(one, DATABASE);
    tester.touch(one, SOFT);
    tester.touch(other, QUEUE);
    assertEquals(3, tester.gauge("leases_active"));
    assertEquals(2, tester.gauge("tasks_active"));

    // When
    tester.pass(tester.ends.endAll(Signal.SHUTDOWN, "test"));

    // Then
    assertAllGaugesAreZero();
  }

  private void assertAllGaugesAreZero() {
    for (String gauge :
        List.of(
            "tasks_active",
            "leases_active",
            "revocations_pending",
            "revocations_stuck",
            "reads_unanswered")) {
      assertEquals(0, tester.gauge(gauge), gauge);
    }
  }
}
