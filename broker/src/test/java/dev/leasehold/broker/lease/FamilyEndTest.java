package dev.leasehold.broker.lease;

import static dev.leasehold.broker.testing.Families.RESEARCHER;
import static dev.leasehold.broker.testing.Families.WRITER;
import static dev.leasehold.broker.testing.Families.ask;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskState;
import dev.leasehold.broker.testing.FakeSecretStore.Call;
import dev.leasehold.broker.testing.Families;
import dev.leasehold.broker.testing.Gate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of tasks that delegated, and of those that they delegated. */
final class FamilyEndTest {
  private LeaseTester tester;
  private Task root;

  @BeforeEach
  void begin(@TempDir Path folder) throws IOException {
    tester = new LeaseTester(folder.resolve("state"));
    root =
        Families.open(
            tester.tasks,
            Families.kind(LeaseTester.DATABASE, LeaseTester.QUEUE, LeaseTester.TTL_ONLY));
    tester.ends.watch(root);
  }

  @AfterEach
  void end() {
    tester.close();
  }

  private Task child(Task parent, String agent) throws IOException {
    Task child = Families.child(tester.tasks, parent, ask(agent));
    tester.ends.watch(child);
    return child;
  }

  @Test
  void allBelowAreFencedWhenTheSignalReturnsAndDeadWhenTheReportComes() throws IOException {
    // Given
    Task researcher = child(root, RESEARCHER);
    Task writer = child(researcher, WRITER);
    for (Task each : List.of(root, researcher, writer)) {
      tester.touch(each, LeaseTester.DATABASE);
    }

    // When
    CompletionStage<Report> end = tester.ends.end(root, Signal.COMPLETED, "test");
    boolean fenced = !researcher.isActive() && !writer.isActive();
    Report report = tester.pass(end);

    // Then
    assertTrue(fenced);
    assertEquals(Signal.PARENT, writer.end().orElseThrow().signal());
    assertEquals(
        List.of(TaskState.DONE, TaskState.DONE), List.of(researcher.state(), writer.state()));
    assertEquals(Set.of(), tester.store.liveLeases());
    assertEquals(Set.of(), tester.store.liveAccessors());
    assertEquals(Report.Proof.COMPLETE, report.proof());
    assertEquals(List.of(1, 1), List.of(report.leases(), report.children()));
  }

  @Test
  void childsTokenAndLeasesAreItsOwnAndEndWithItAlone() throws IOException {
    // Given
    Task researcher = child(root, RESEARCHER);
    tester.touch(root, LeaseTester.DATABASE);
    tester.touch(researcher, LeaseTester.DATABASE);

    // When
    Report report = tester.end(researcher, Signal.COMPLETED);

    // Then
    assertEquals(1, report.leases());
    assertEquals(1, tester.store.liveLeases().size());
    assertEquals(1, tester.store.liveAccessors().size());
    assertTrue(root.isActive());
  }

  @Test
  void parentIsNotDoneBeforeItsChild() throws IOException {
    // Given
    Task researcher = child(root, RESEARCHER);
    Gate gate = new Gate();
    tester.store.before(Call.READ, gate);
    tester.lease(researcher, LeaseTester.DATABASE);
    gate.awaitArrival();

    // When
    CompletionStage<Report> end = tester.ends.end(root, Signal.COMPLETED, "test");
    tester.time.advanceUntil(() -> tester.store.liveAccessors().isEmpty());
    boolean early = end.toCompletableFuture().isDone();
    gate.open();
    Report report = tester.pass(end);

    // Then
    assertFalse(early);
    assertEquals(TaskState.DONE, researcher.state());
    assertEquals(Report.Proof.COMPLETE, report.proof());
  }

  @Test
  void whatLivesOnOfAChildIsInItsParentsReport() throws IOException {
    // Given
    Task researcher = child(root, RESEARCHER);
    tester.touch(researcher, LeaseTester.TTL_ONLY);
    Report ended = tester.end(researcher, Signal.COMPLETED);

    // When
    Report report = tester.end(root, Signal.COMPLETED);

    // Then
    assertEquals(Report.Proof.RESIDUAL, ended.proof());
    assertEquals(Report.Proof.RESIDUAL, report.proof());
    assertEquals(ended.residual(), report.residual());
  }

  @Test
  void childThatIsTakenIntoCareAfterItsParentsEndIsEndedAtOnce() throws IOException {
    // Given
    Task late = Families.child(tester.tasks, root, ask(RESEARCHER));
    root.fence(Signal.COMPLETED, "", tester.time.instant(), tester.time.nanos());

    // When
    tester.ends.watch(late);

    // Then
    assertEquals(Signal.PARENT, late.end().orElseThrow().signal());
  }

  @Test
  void childWhoseEndCannotBeToldKeepsNoOtherFromEnding() throws IOException {
    // Given
    Task researcher = child(root, RESEARCHER);
    Task writer = child(root, WRITER);
    for (Task each : List.of(root, researcher, writer)) {
      tester.touch(each, LeaseTester.DATABASE);
    }
    tester.events.cannotTell(researcher);

    // When
    Report report = tester.end(root, Signal.COMPLETED);

    // Then
    assertEquals(
        List.of(TaskState.DONE, TaskState.DONE), List.of(researcher.state(), writer.state()));
    assertEquals(Set.of(), tester.store.liveLeases());
    assertEquals(Report.Proof.COMPLETE, report.proof());
  }

  @Test
  void parentIsNotIdleWhileItsChildWorks() throws IOException {
    // Given
    Task researcher = child(root, RESEARCHER);
    researcher.enter(() -> {}, tester.time.nanos());

    // When
    tester.time.advance(Duration.ofMinutes(5));

    // Then
    assertTrue(root.isActive());
    assertTrue(researcher.isActive());
  }
}
