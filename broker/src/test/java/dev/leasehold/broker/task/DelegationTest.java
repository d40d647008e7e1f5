package dev.leasehold.broker.task;

import static dev.leasehold.broker.testing.Families.PLANNER;
import static dev.leasehold.broker.testing.Families.RESEARCHER;
import static dev.leasehold.broker.testing.Families.WRITER;
import static dev.leasehold.broker.testing.Families.ask;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.destination.Classification;
import dev.leasehold.broker.destination.PathPattern;
import dev.leasehold.broker.task.Tasks.Opening;
import dev.leasehold.broker.testing.Families;
import dev.leasehold.broker.testing.Families.Asking;
import dev.leasehold.broker.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class DelegationTest {
  private final ManualClock clock = new ManualClock();
  private final Tasks tasks = new Tasks(clock, clock::nanos);
  private final Task root = Families.open(tasks, Families.kind("a", "b", "c"));

  @Test
  void childHasWhatItsParentHasLeftUnlessNarrowed() {
    // Given
    clock.pass(Duration.ofMinutes(4));

    // When
    Task whole = child(root, ask(RESEARCHER));
    Task narrowed = child(root, ask(WRITER).destinations("c", "a").ttl(Duration.ofMinutes(1)));

    // Then
    assertEquals(List.of("a", "b", "c"), whole.destinations());
    assertEquals(root.expiresAt(), whole.expiresAt());
    assertEquals(root.deadlineNanos(), whole.deadlineNanos());
    assertEquals(List.of("a", "c"), narrowed.destinations());
    assertEquals(clock.instant().plus(Duration.ofMinutes(1)), narrowed.expiresAt());
    assertEquals(List.of(PLANNER, RESEARCHER), whole.chain());
    assertEquals(Optional.of(root), whole.parent());
    assertEquals(Map.of("team", "blue"), whole.labels());
    assertEquals(Optional.of("alice"), whole.onBehalfOf());
    assertEquals(root.owner(), whole.owner());
    assertEquals(Optional.empty(), whole.uid());
  }

  @Test
  void chainOfThreeKnowsItsRootAndItsDepth() {
    Task writer = child(child(root, ask(RESEARCHER)), ask(WRITER));
    assertEquals(List.of(PLANNER, RESEARCHER, WRITER), writer.chain());
    assertEquals(2, writer.depth());
    assertEquals(root, writer.root());
    assertTrue(writer.isOrDescendsFrom(root));
    assertFalse(root.isOrDescendsFrom(writer));
  }

  @Test
  void noFieldCanBeWidened() {
    // Given
    Task child =
        child(
            root,
            ask(RESEARCHER)
                .destinations("a", "b")
                .ttl(Duration.ofMinutes(1))
                .narrowed(
                    narrowing(Set.of("GET"), "/v1/**", "orders", Classification.INTERNAL, 5)));

    // Then
    assertRefused("'destinations'", child, ask(WRITER).destinations("a", "c"));
    assertRefused("'ttl'", child, ask(WRITER).ttl(Duration.ofMinutes(1).plusNanos(1)));
    assertRefused("'labels'", child, ask(WRITER).labels(Map.of("team", "red")));
    assertRefused("'on_behalf_of'", child, ask(WRITER).onBehalfOf("bob"));
    assertRefused(
        "'methods'", child, narrowed(narrowing(Set.of("GET", "PUT"), null, null, null, 0)));
    assertRefused("'paths'", child, narrowed(narrowing(null, "/**", null, null, 0)));
    assertRefused("'paths'", child, narrowed(narrowing(null, "/v2/x", null, null, 0)));
    assertRefused("'credentials'", child, narrowed(narrowing(null, null, "rabbit", null, 0)));
    assertRefused(
        "'classification'",
        child,
        narrowed(narrowing(null, null, null, Classification.CONFIDENTIAL, 0)));
    assertRefused("'calls'", child, narrowed(narrowing(null, null, null, null, 6)));
  }

  @Test
  void whatAChildDoesNotSayItTakesFromItsParent() {
    // Given
    Narrowing wider = narrowing(Set.of("GET"), "/v1/**", "orders", Classification.INTERNAL, 5);
    Task child = child(root, ask(RESEARCHER).narrowed(wider));

    // Then
    assertEquals(wider, child(child, ask(WRITER)).narrowing());
    assertEquals(
        narrowing(Set.of("GET"), "/v1/a", "orders", Classification.PUBLIC, 5),
        child(child, narrowed(narrowing(null, "/v1/a", null, Classification.PUBLIC, 0)))
            .narrowing());
  }

  private static Asking narrowed(Narrowing to) {
    return ask(WRITER).narrowed(to);
  }

  @Test
  void cycleIsRefused() {
    Task child = child(root, ask(RESEARCHER));
    assertEquals("delegation.to", refused(root, ask(PLANNER)).rule());
    assertEquals("delegation.to", refused(child, ask(PLANNER)).rule());
    assertEquals("delegation.to", refused(child, ask(RESEARCHER)).rule());
  }

  @Test
  void delegationGoesNoDeeperThanTheKindSays() {
    Task writer = child(child(root, ask(RESEARCHER)), ask(WRITER));
    assertEquals(
        "delegation.depth", refused(writer, ask("spiffe://example.org/agent/fourth")).rule());
  }

  @Test
  void onlyListedAgentsGetAChild() {
    for (String other :
        List.of(
            "spiffe://example.org/agent",
            "spiffe://example.org/agents/x",
            "spiffe://example.com/agent/x")) {
      assertEquals("delegation.to", refused(root, ask(other)).rule());
    }
  }

  @Test
  void kindThatSaysNothingDelegatesNothing() {
    TaskKind silent =
        new TaskKind(
            "silent",
            Set.of(PLANNER),
            Set.of(),
            Duration.ofMinutes(1),
            Optional.empty(),
            Duration.ZERO,
            1,
            "role",
            List.of("a"));
    assertEquals("delegation", refused(Families.open(tasks, silent), ask(WRITER)).rule());
  }

  @Test
  void liveChildrenAreCappedAndAnEndedOneMakesRoom() {
    // Given
    Task first = child(root, ask(RESEARCHER));
    child(root, ask(RESEARCHER));

    // When
    Opening third = tasks.delegate(root, ask(WRITER).request());
    first.fence(Signal.COMPLETED, "", clock.instant(), clock.nanos());
    Opening fourth = tasks.delegate(root, ask(WRITER).request());

    // Then
    assertEquals("delegation.children", assertInstanceOf(Opening.Full.class, third).rule());
    assertInstanceOf(Opening.Opened.class, fourth);
  }

  @Test
  void endedTaskDelegatesNothing() {
    root.fence(Signal.COMPLETED, "", clock.instant(), clock.nanos());
    assertInstanceOf(Opening.ParentEnded.class, tasks.delegate(root, ask(WRITER).request()));
  }

  @Test
  void taskPastItsDeadlineDelegatesNothing() {
    clock.pass(Duration.ofMinutes(10));
    assertInstanceOf(Opening.ParentEnded.class, tasks.delegate(root, ask(WRITER).request()));
  }

  @Test
  void childIsKnownByItsTokenUntilItsAgentShowsWhoItIs() {
    // Given
    Task child = ((Opening.Opened) tasks.delegate(root, ask(WRITER).request())).task();
    assertFalse(child.isProven());
    assertEquals("agent-proof", refused(child, ask(RESEARCHER)).rule());

    // When
    boolean byUid = child.prove(AgentProof.UID);
    boolean provenByUid = child.isProven();
    boolean bySvid = child.prove(AgentProof.SVID);
    boolean again = child.prove(AgentProof.UID);

    // Then
    assertTrue(byUid);
    assertFalse(provenByUid);
    assertTrue(bySvid);
    assertFalse(again);
    assertEquals(AgentProof.SVID, child.agentProof());
    assertTrue(child.isProven());
  }

  @Test
  void weakerProofIsForTheKindToAllow() {
    assertEquals("agent-proof", refused(root, ask(WRITER).proof(AgentProof.TOKEN)).rule());
    assertEquals("agent-proof", refused(root, ask(WRITER).proof(AgentProof.UID)).rule());
  }

  @Test
  void callsOfAChildCountForAllAboveIt() {
    // Given
    Task researcher = child(root, ask(RESEARCHER));
    Task writer = child(researcher, ask(WRITER));
    OpenCall call = () -> {};

    // When
    clock.pass(Duration.ofSeconds(7));
    assertTrue(writer.enter(call, clock.nanos()));
    writer.denied(clock.nanos());
    writer.moved(10);

    // Then
    for (Task each : List.of(writer, researcher, root)) {
      assertEquals(List.of(1L, 1L, 10L), List.of(each.calls(), each.denials(), each.bytes()));
      assertEquals(clock.nanos(), each.lastActiveNanos());
      assertTrue(each.isBusy());
    }
    assertEquals(0, root.openCalls());
    writer.leave(call, clock.nanos());
    assertFalse(root.isBusy());
  }

  @Test
  void crowdMakesNoMoreCallsThanTheParentLeft() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      // Given
      Task researcher = child(root, ask(RESEARCHER).narrowed(narrowing(null, null, null, null, 5)));
      Task writer = child(researcher, ask(WRITER));
      CyclicBarrier start = new CyclicBarrier(8);
      List<Future<Integer>> taken = new ArrayList<>();

      // When
      for (int i = 0; i < 8; i++) {
        Task one = i % 2 == 0 ? researcher : writer;
        taken.add(
            threads.submit(
                () -> {
                  start.await();
                  int in = 0;
                  for (int call = 0; call < 100; call++) {
                    in += one.enter(() -> {}, 0) ? 1 : 0;
                  }
                  return in;
                }));
      }
      int all = 0;
      for (Future<Integer> each : taken) {
        all += each.get();
      }

      // Then
      assertEquals(5, all);
      assertEquals(5, researcher.calls());
      assertEquals(5, root.calls());
      assertFalse(researcher.enter(() -> {}, 0));
      assertTrue(root.enter(() -> {}, 0));
    }
  }

  private Task child(Task parent, Asking asking) {
    return Families.child(tasks, parent, asking);
  }

  private Opening.Refused refused(Task parent, Asking asking) {
    return assertInstanceOf(Opening.Refused.class, tasks.delegate(parent, asking.request()));
  }

  private void assertRefused(String field, Task parent, Asking asking) {
    Opening.Refused refused = refused(parent, asking);
    assertEquals("delegation", refused.rule());
    assertTrue(refused.detail().startsWith(field), refused.detail());
  }

  private static Narrowing narrowing(
      @Nullable Set<String> methods,
      @Nullable String path,
      @Nullable String credential,
      @Nullable Classification level,
      long calls) {
    return new Narrowing(
        Optional.ofNullable(methods),
        Optional.ofNullable(path).map(PathPattern::parse).map(List::of),
        Optional.ofNullable(credential).map(Set::of),
        Optional.ofNullable(level),
        Optional.empty(),
        calls == 0 ? Optional.empty() : Optional.of(calls));
  }
}
