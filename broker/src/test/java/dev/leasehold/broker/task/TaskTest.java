package dev.leasehold.broker.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class TaskTest {
  private static final List<Signal> SIGNALS = List.of(Signal.values());
  private static final List<TaskState> STATES = List.of(TaskState.values());

  private final ManualClock clock = new ManualClock();
  private final TaskToken token = TaskToken.random(new SecureRandom());
  private final Task task = task(token);

  @Test
  void firstSignalWinsAndIsKept() {
    // When
    boolean first = fence(Signal.CANCELLED, "by hand");
    boolean second = fence(Signal.COMPLETED, "done");

    // Then
    assertTrue(first);
    assertFalse(second);
    Task.End end = task.end().orElseThrow();
    assertEquals(Signal.CANCELLED, end.signal());
    assertEquals("by hand", end.reason());
    assertEquals(TaskState.FENCED, task.state());
    assertFalse(task.isActive());
  }

  @Test
  void ofManySignalsAtOnceExactlyOneIsTheFirst() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int round = 0; round < 200; round++) {
        // Given
        Task contested = task(token);
        CyclicBarrier start = new CyclicBarrier(4);
        List<Future<Boolean>> answers = new ArrayList<>();

        // When
        for (int n = 0; n < 4; n++) {
          Signal signal = SIGNALS.get(n);
          answers.add(
              threads.submit(
                  () -> {
                    start.await(20, TimeUnit.SECONDS);
                    return contested.fence(signal, signal.word(), clock.instant(), clock.nanos());
                  }));
        }
        int first = -1;
        int winners = 0;
        for (int n = 0; n < 4; n++) {
          if (answers.get(n).get(20, TimeUnit.SECONDS)) {
            winners++;
            first = n;
          }
        }

        // Then
        assertEquals(1, winners);
        assertEquals(SIGNALS.get(first), contested.end().orElseThrow().signal());
      }
    }
  }

  @Test
  void fencedTaskTakesNoCallIn() {
    // Given
    AtomicInteger cuts = new AtomicInteger();
    fence(Signal.DEADLINE, "deadline");

    // When
    boolean entered = task.enter(cuts::incrementAndGet, clock.nanos());

    // Then
    assertFalse(entered);
    assertEquals(0, task.openCalls());
    assertEquals(0, task.calls());
    task.cutOpenCalls();
    assertEquals(0, cuts.get());
  }

  @Test
  void openCallIsCutOnceAndACallThatHasLeftIsNot() {
    // Given
    AtomicInteger open = new AtomicInteger();
    AtomicInteger left = new AtomicInteger();
    OpenCall leaving = left::incrementAndGet;
    assertTrue(task.enter(open::incrementAndGet, clock.nanos()));
    assertTrue(task.enter(leaving, clock.nanos()));
    task.leave(leaving, clock.nanos());

    // When
    fence(Signal.REVOKED, "kill switch");
    task.cutOpenCalls();
    task.cutOpenCalls();

    // Then
    assertEquals(1, open.get());
    assertEquals(0, left.get());
    assertEquals(0, task.openCalls());
    assertEquals(2, task.calls());
  }

  @Test
  void callThatMeetsTheFenceIsEitherRefusedOrCut() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < 3000; round++) {
        // Given
        Task contested = task(token);
        AtomicInteger cuts = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(2);

        // When
        Future<Boolean> entering =
            threads.submit(
                () -> {
                  start.await(20, TimeUnit.SECONDS);
                  return contested.enter(cuts::incrementAndGet, 1);
                });
        Future<?> ending =
            threads.submit(
                () -> {
                  start.await(20, TimeUnit.SECONDS);
                  contested.fence(Signal.CANCELLED, "", clock.instant(), 1);
                  contested.cutOpenCalls();
                  return null;
                });
        boolean entered = entering.get(20, TimeUnit.SECONDS);
        ending.get(20, TimeUnit.SECONDS);

        // Then
        assertEquals(entered ? 1 : 0, cuts.get());
        assertEquals(0, contested.openCalls());
      }
    }
  }

  @Test
  void onlyTheWholeTokenNamesTheTask() {
    // Given
    byte[] right = token.reveal().getBytes(StandardCharsets.US_ASCII);

    // Then
    assertTrue(task.isNamedBy(right));
    assertFalse(task.isNamedBy(new byte[0]));
    assertFalse(task.isNamedBy(java.util.Arrays.copyOf(right, right.length - 1)));
    assertFalse(task.isNamedBy(java.util.Arrays.copyOf(right, right.length + 1)));
    assertFalse(task.isNamedBy(TaskToken.digest(right)));
    for (int bit = 0; bit < right.length * 8; bit++) {
      byte[] wrong = right.clone();
      wrong[bit / 8] ^= (byte) (1 << bit % 8);
      assertFalse(task.isNamedBy(wrong), "bit " + bit);
    }
  }

  @Test
  void tokenIsLongRandomAndMasked() {
    // Given
    SecureRandom random = new SecureRandom();

    // Then
    assertEquals(43, token.reveal().length()); // 256 bits in base64url
    assertFalse(token.reveal().equals(TaskToken.random(random).reveal()));
    assertFalse((token + " " + task).contains(token.reveal()));
  }

  @Test
  void stateOnlyEverMovesForward() {
    Map<TaskState, Set<TaskState>> mayFollow = new EnumMap<>(TaskState.class);
    mayFollow.put(
        TaskState.ACTIVE,
        Set.of(
            TaskState.FENCED,
            TaskState.REVOKING,
            TaskState.VERIFYING,
            TaskState.DONE,
            TaskState.STUCK));
    mayFollow.put(
        TaskState.FENCED,
        Set.of(TaskState.REVOKING, TaskState.VERIFYING, TaskState.DONE, TaskState.STUCK));
    mayFollow.put(TaskState.REVOKING, Set.of(TaskState.VERIFYING, TaskState.DONE, TaskState.STUCK));
    mayFollow.put(TaskState.VERIFYING, Set.of(TaskState.DONE, TaskState.STUCK));
    mayFollow.put(TaskState.STUCK, Set.of(TaskState.DONE));
    mayFollow.put(TaskState.DONE, Set.of());
    for (TaskState current : TaskState.values()) {
      for (TaskState next : TaskState.values()) {
        assertEquals(
            mayFollow.getOrDefault(current, Set.of()).contains(next),
            next.follows(current),
            current + " to " + next);
      }
    }
  }

  @Test
  void noOrderOfStepsBringsAnEndedTaskBack() {
    Random random = new Random(20_266);
    for (int round = 0; round < 2000; round++) {
      // Given
      Task walked = task(token);
      walked.fence(Signal.COMPLETED, "", clock.instant(), 1);
      TaskState before = walked.state();

      // When
      for (int step = 0; step < 8; step++) {
        walked.advance(STATES.get(random.nextInt(STATES.size())));

        // Then
        TaskState now = walked.state();
        assertTrue(now == before || now.follows(before), before + " to " + now);
        assertFalse(now == TaskState.ACTIVE);
        assertFalse(walked.isActive());
        before = now;
      }
    }
  }

  @Test
  void idleTimeIsCountedFromTheLastSignOfLife() {
    // Given
    OpenCall call = () -> {};

    // When
    task.enter(call, 10);
    long entered = task.lastActiveNanos();
    task.leave(call, 20);
    long left = task.lastActiveNanos();
    task.leave(call, 30);
    long leftTwice = task.lastActiveNanos();
    task.denied(40);

    // Then
    assertEquals(10, entered);
    assertEquals(20, left);
    assertEquals(20, leftTwice);
    assertEquals(40, task.lastActiveNanos());
    assertEquals(1, task.denials());
  }

  private boolean fence(Signal signal, String reason) {
    return task.fence(signal, reason, clock.instant(), clock.nanos());
  }

  private Task task(TaskToken named) {
    TaskKind kind =
        new TaskKind(
            "kind",
            Set.of("spiffe://example.org/agent"),
            Set.of(),
            Duration.ofMinutes(10),
            Optional.empty(),
            Duration.ZERO,
            1,
            "role",
            List.of());
    return new Task(
        TaskId.random(new SecureRandom()),
        kind,
        TasksTest.request(Optional.empty(), Optional.empty()),
        Lineage.root(TasksTest.request(Optional.empty(), Optional.empty())),
        List.of(),
        named,
        Duration.ofMinutes(10),
        clock.instant(),
        clock.nanos());
  }
}
