package dev.leasehold.broker.lease;

import static dev.leasehold.broker.lease.LeaseTester.DATABASE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.task.OpenCall;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.testing.Eventually;
import dev.leasehold.broker.testing.FakeSecretStore.Call;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of calls that are open when their task is fenced. */
final class DrainTest {
  private static final Duration DRAIN = Duration.ofSeconds(10);

  /** A call that uses a lease, and lets go of it when it is cut. */
  private final class LeasedCall implements OpenCall {
    private final Task task;
    private final LeaseUse use;
    private volatile boolean cut;

    LeasedCall(Task task) {
      this.task = task;
      this.use = tester.use(task, DATABASE);
      assertTrue(task.enter(this, tester.time.nanos()));
    }

    @Override
    public void cut() {
      cut = true;
      finish();
    }

    void finish() {
      use.close();
      task.leave(this, tester.time.nanos());
    }
  }

  private LeaseTester tester;

  @BeforeEach
  void begin(@TempDir Path folder) throws IOException {
    tester = new LeaseTester(folder.resolve("state"));
    tester.drain = DRAIN;
  }

  @AfterEach
  void end() {
    tester.close();
  }

  /** Returns once the end waits for the call; the lease's upkeep waits besides. */
  private void awaitDraining() {
    Eventually.holds("the call is waited for", () -> tester.time.waiting() == 2);
  }

  @Test
  void callFinishesWithinTheDrainAndKeepsItsLeaseUntilThen() throws IOException {
    // Given
    Task task = tester.open();
    LeasedCall call = new LeasedCall(task);

    // When
    CompletionStage<Report> end = tester.ends.end(task, Signal.COMPLETED, "test");
    awaitDraining();
    tester.time.advance(DRAIN.minusSeconds(1));
    awaitDraining();

    // Then
    assertFalse(call.cut);
    assertEquals(0, tester.store.count(Call.REVOKE_LEASE));
    assertEquals(Set.of("username", "password"), call.use.lend(fields -> fields.names()));
    assertFalse(task.enter(() -> {}, tester.time.nanos()), "a new call came in");

    // When
    call.finish();

    // Then
    assertEquals(Report.Proof.COMPLETE, tester.pass(end).proof());
    assertFalse(call.cut);
  }

  @Test
  void callThatOutlastsTheDrainIsCut() throws IOException {
    // Given
    Task task = tester.open();
    LeasedCall call = new LeasedCall(task);

    // When
    CompletionStage<Report> end = tester.ends.end(task, Signal.COMPLETED, "test");
    awaitDraining();
    tester.time.advance(DRAIN);

    // Then
    Eventually.holds("it is cut", () -> call.cut);
    assertEquals(Report.Proof.COMPLETE, tester.pass(end).proof());
  }

  @Test
  void drainEndsAtTheTasksDeadline() throws IOException {
    // Given
    tester.ttl = DRAIN.dividedBy(2);
    Task task = tester.open();
    LeasedCall call = new LeasedCall(task);

    // When
    CompletionStage<Report> end = tester.ends.end(task, Signal.COMPLETED, "test");
    tester.time.advance(tester.ttl);

    // Then
    Eventually.holds("it is cut", () -> call.cut);
    assertEquals(Report.Proof.COMPLETE, tester.pass(end).proof());
  }

  @Test
  void callIsCutAtOnceWhenAccessIsWithdrawn() throws IOException {
    // Given
    Task task = tester.open();
    LeasedCall call = new LeasedCall(task);

    // When
    CompletionStage<Report> end = tester.ends.end(task, Signal.REVOKED, "test");

    // Then
    assertEquals(Report.Proof.COMPLETE, LeaseTester.await(end).proof(), "time stood still");
    assertTrue(call.cut);
  }
}
