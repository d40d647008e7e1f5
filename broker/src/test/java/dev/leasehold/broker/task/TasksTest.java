package dev.leasehold.broker.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.task.Tasks.Opening;
import dev.leasehold.broker.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TasksTest {
  private static final String AGENT = "spiffe://example.org/agent";

  private final ManualClock clock = new ManualClock();
  private final Tasks tasks = new Tasks(clock, clock::nanos);

  @Test
  void openedTaskHasTheWholeKindUnlessNarrowed() {
    // When
    Task whole = opened(kind(10), request(Optional.empty(), Optional.empty()));
    Task narrowed =
        opened(
            kind(10), request(Optional.of(Duration.ofMinutes(1)), Optional.of(List.of("c", "a"))));

    // Then
    assertEquals(List.of("a", "b", "c"), whole.destinations());
    assertEquals(clock.instant().plus(Duration.ofMinutes(10)), whole.expiresAt());
    assertEquals(List.of("a", "c"), narrowed.destinations()); // the kind's order decides
    assertEquals(clock.instant().plus(Duration.ofMinutes(1)), narrowed.expiresAt());
    assertEquals(clock.nanos() + Duration.ofMinutes(1).toNanos(), narrowed.deadlineNanos());
  }

  @Test
  void whatIsAskedNeverWidensTheKind() {
    assertRefused(
        "ttl", request(Optional.of(Duration.ofMinutes(10).plusNanos(1)), Optional.empty()));
    assertRefused("destinations", request(Optional.empty(), Optional.of(List.of("a", "d"))));
    assertRefused("destinations", request(Optional.empty(), Optional.of(List.of("A"))));
  }

  @Test
  void kindIsForItsAgentsAndPurposesOnly() {
    // Given
    TaskKind kind =
        new TaskKind(
            "kind",
            Set.of(AGENT),
            Set.of("nightly"),
            Duration.ofMinutes(10),
            Optional.empty(),
            Duration.ZERO,
            10,
            "role",
            List.of("a"));

    // Then
    assertInstanceOf(Opening.Opened.class, tasks.open(kind, request(AGENT, "nightly")));
    assertEquals(
        "purposes",
        assertInstanceOf(Opening.Refused.class, tasks.open(kind, request(AGENT, "other"))).rule());
    for (String other :
        List.of("", AGENT + "x", "spiffe://example.org/", "SPIFFE://example.org/agent")) {
      assertEquals(
          "agents",
          assertInstanceOf(Opening.Refused.class, tasks.open(kind, request(other, "nightly")))
              .rule());
    }
  }

  @Test
  void kindWithoutLifeOrRoomIsNoKind() {
    for (Duration ttl : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
      assertThrows(IllegalArgumentException.class, () -> kind(1, ttl));
    }
    assertThrows(IllegalArgumentException.class, () -> kind(0, Duration.ofMinutes(1)));
  }

  @Test
  void noMoreAreOpenThanTheKindAllowsAndAnEndedOneMakesRoomAtOnce() {
    // Given
    Task first = opened(kind(2), request(Optional.empty(), Optional.empty()));
    opened(kind(2), request(Optional.empty(), Optional.empty()));

    // When
    Opening third = tasks.open(kind(2), request(Optional.empty(), Optional.empty()));
    first.fence(Signal.COMPLETED, "", clock.instant(), clock.nanos());
    Opening fourth = tasks.open(kind(2), request(Optional.empty(), Optional.empty()));

    // Then
    assertInstanceOf(Opening.Full.class, third);
    assertInstanceOf(Opening.Opened.class, fourth);
    assertEquals(2, tasks.countOpen("kind"));
  }

  @Test
  void crowdThatOpensAtOnceGetsNoMoreThanTheKindAllows() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      // Given
      CyclicBarrier start = new CyclicBarrier(8);
      List<Future<Integer>> counts = new ArrayList<>();

      // When
      for (int n = 0; n < 8; n++) {
        counts.add(
            threads.submit(
                () -> {
                  start.await(20, TimeUnit.SECONDS);
                  int opened = 0;
                  for (int i = 0; i < 20; i++) {
                    Opening opening =
                        tasks.open(kind(13), request(Optional.empty(), Optional.empty()));
                    opened += opening instanceof Opening.Opened ? 1 : 0;
                  }
                  return opened;
                }));
      }
      int opened = 0;
      for (Future<Integer> count : counts) {
        opened += count.get(20, TimeUnit.SECONDS);
      }

      // Then
      assertEquals(13, opened);
    }
  }

  @Test
  void lockedMeansThatNothingIsOpenedUntilItIsUnlocked() {
    // When
    tasks.lock("drill");
    Opening locked = tasks.open(kind(10), request(Optional.empty(), Optional.empty()));
    Optional<String> reason = tasks.locked();
    tasks.unlock();

    // Then
    assertEquals("drill", assertInstanceOf(Opening.Locked.class, locked).reason());
    assertEquals(Optional.of("drill"), reason);
    opened(kind(10), request(Optional.empty(), Optional.empty()));
  }

  @Test
  void nothingIsOpenedAfterTheLockHasReturned() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < 300; round++) {
        // Given
        Tasks contested = new Tasks(clock, clock::nanos);
        CyclicBarrier start = new CyclicBarrier(2);

        // When
        Future<?> opening =
            threads.submit(
                () -> {
                  start.await(20, TimeUnit.SECONDS);
                  for (int i = 0; i < 5; i++) {
                    contested.open(kind(100), request(Optional.empty(), Optional.empty()));
                  }
                  return null;
                });
        Future<Integer> locking =
            threads.submit(
                () -> {
                  start.await(20, TimeUnit.SECONDS);
                  contested.lock("now");
                  return contested.open().size();
                });
        int whenLocked = locking.get(20, TimeUnit.SECONDS);
        opening.get(20, TimeUnit.SECONDS);

        // Then
        assertEquals(whenLocked, contested.open().size());
      }
    }
  }

  @Test
  void idAndTokenMustBelongToOneTask() {
    // Given
    Opening.Opened one = open();
    Opening.Opened two = open();
    TaskId unknown = TaskId.parse("tsk_00000000000000000000").orElseThrow();

    // Then
    assertEquals(Optional.of(one.task()), tasks.authenticate(one.task().id(), bytes(one.token())));
    assertEquals(Optional.empty(), tasks.authenticate(one.task().id(), bytes(two.token())));
    assertEquals(Optional.empty(), tasks.authenticate(unknown, bytes(one.token())));
  }

  @Test
  void retiredTaskAnswersForAnHourAndThenNoMore() {
    // Given
    Opening.Opened opened = open();
    Task task = opened.task();
    task.fence(Signal.COMPLETED, "", clock.instant(), clock.nanos());
    tasks.retire(task);

    // When
    clock.pass(Tasks.RETENTION);
    Optional<Task> withinTheHour =
        tasks.all().stream().filter(kept -> kept.id().equals(task.id())).findFirst();
    clock.pass(Duration.ofNanos(1));
    boolean afterIt = tasks.all().contains(task);

    // Then
    assertEquals(Optional.of(task), withinTheHour);
    assertFalse(afterIt);
    assertEquals(Optional.empty(), tasks.find(task.id()));
    assertEquals(Optional.empty(), tasks.authenticate(task.id(), bytes(opened.token())));
    assertFalse(tasks.open().contains(task));
  }

  @Test
  void idsAreTaskIdsAndNeverRepeat() {
    Set<TaskId> seen = new HashSet<>();
    for (int n = 0; n < 1000; n++) {
      TaskId id = open().task().id();
      assertTrue(seen.add(id));
      assertEquals(Optional.of(id), TaskId.parse(id.text()));
    }
    assertNotEquals(open().token().reveal(), open().token().reveal());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tsk_",
        "tsk_0123456789abcdef012",
        "tsk_0123456789abcdef01234",
        "tsk_0123456789ABCDEF0123",
        "TSK_0123456789abcdef0123",
        "tsk_0123456789abcdefg123",
        "tsk_0123456789abcdef0123\n",
        " tsk_0123456789abcdef0123",
        "tsk-0123456789abcdef0123",
        "tsk_\u0660123456789abcdef0123"
      })
  void whatIsNoTaskIdIsNotTakenForOne(String text) {
    assertEquals(Optional.empty(), TaskId.parse(text));
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new TaskId(text));
    assertEquals("not a task id", refused.getMessage());
  }

  private void assertRefused(String rule, TaskRequest request) {
    assertEquals(
        rule, assertInstanceOf(Opening.Refused.class, tasks.open(kind(10), request)).rule());
  }

  private Opening.Opened open() {
    return assertInstanceOf(
        Opening.Opened.class,
        tasks.open(kind(100_000), request(Optional.empty(), Optional.empty())));
  }

  private Task opened(TaskKind kind, TaskRequest request) {
    return assertInstanceOf(Opening.Opened.class, tasks.open(kind, request)).task();
  }

  private static byte[] bytes(TaskToken token) {
    return token.reveal().getBytes(StandardCharsets.US_ASCII);
  }

  private static TaskKind kind(int maxOpen) {
    return kind(maxOpen, Duration.ofMinutes(10));
  }

  private static TaskKind kind(int maxOpen, Duration ttl) {
    return new TaskKind(
        "kind",
        Set.of(AGENT),
        Set.of(),
        ttl,
        Optional.empty(),
        Duration.ZERO,
        maxOpen,
        "role",
        List.of("a", "b", "c"));
  }

  static TaskRequest request(Optional<Duration> ttl, Optional<List<String>> destinations) {
    return new TaskRequest(
        "testing",
        AGENT,
        AgentProof.UID,
        "uid:1",
        Optional.of(1),
        ttl,
        destinations,
        Map.of(),
        Optional.empty());
  }

  private static TaskRequest request(String agent, String purpose) {
    return new TaskRequest(
        purpose,
        agent,
        AgentProof.UID,
        "uid:1",
        Optional.of(1),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Optional.empty());
  }
}
