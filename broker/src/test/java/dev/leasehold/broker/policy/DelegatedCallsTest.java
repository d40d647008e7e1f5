package dev.leasehold.broker.policy;

import static dev.leasehold.broker.testing.Families.PLANNER;
import static dev.leasehold.broker.testing.Families.RESEARCHER;
import static dev.leasehold.broker.testing.Families.WRITER;
import static dev.leasehold.broker.testing.Families.ask;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.leasehold.broker.destination.CanonicalPath;
import dev.leasehold.broker.destination.Classification;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.PathPattern;
import dev.leasehold.broker.destination.Target.Scheme;
import dev.leasehold.broker.task.Autonomy;
import dev.leasehold.broker.task.Narrowing;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.task.Tasks.Opening;
import dev.leasehold.broker.testing.Destinations;
import dev.leasehold.broker.testing.Families;
import dev.leasehold.broker.testing.ManualClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a task may that was delegated: never more than those above it. */
final class DelegatedCallsTest {
  private static final Narrowing ALL = Narrowing.NONE;

  private final ManualClock clock = new ManualClock();
  private final Tasks tasks = new Tasks(clock, clock::nanos);
  private final Task root = Families.open(tasks, Families.kind("api", "files", "raw"));
  private final List<PolicyRule> rules = new ArrayList<>();
  private final Map<String, AgentProfile> agents = new HashMap<>();
  private Consents consents = Consents.NONE;

  private Policy policy() {
    Destination raw = Destinations.https("raw", "raw.example").tunnel().build();
    return new Policy(
        "v-test",
        Map.of(
            "api",
            Destinations.https("api", "api.example").credential("orders").allowAll().build(),
            "files",
            Destinations.https("files", "files.example").allowAll().build(),
            "raw",
            raw),
        Map.of(
            "orders",
            new CredentialUse("orders", "team", "confidential", "hard", Optional.empty())),
        clock,
        new Rulebook(rules, agents, !agents.isEmpty(), Signals.NONE, consents),
        List.of());
  }

  private Task child(Task parent, String agent, Narrowing to) {
    return Families.child(tasks, parent, ask(agent).narrowed(to));
  }

  private Decision decide(Task task, String host, String method, String path) {
    CanonicalPath canonical =
        assertInstanceOf(CanonicalPath.Result.Canonical.class, CanonicalPath.parse(path, false))
            .path();
    return policy().decide(task, new Call(Scheme.HTTPS, host, 443, method, canonical));
  }

  private Denial denied(Task task, String host, String method, String path) {
    return assertInstanceOf(Denial.class, decide(task, host, method, path));
  }

  private void granted(Task task, String host, String method, String path) {
    assertInstanceOf(Grant.class, decide(task, host, method, path));
  }

  @Test
  void childWithoutNarrowingMayWhatItsParentMay() {
    granted(child(root, RESEARCHER, ALL), "api.example", "POST", "/v1/orders");
  }

  @Test
  void eachFieldOfTheNarrowingDenies() {
    // Given
    Task methods = child(root, RESEARCHER, methods("GET"));
    Task paths = child(root, RESEARCHER, paths("/v1/*"));

    // Then
    granted(methods, "api.example", "GET", "/x");
    assertEquals("delegation.methods", denied(methods, "api.example", "POST", "/x").rule());
    granted(paths, "api.example", "GET", "/v1/x");
    assertEquals("delegation.paths", denied(paths, "api.example", "GET", "/v2/x").rule());
  }

  @Test
  void credentialThatWasNotLeftIsNotUsedAndWhatNeedsNoneIsAllowed() {
    Task other = child(root, RESEARCHER, credentials("another"));
    assertEquals("delegation.credentials", denied(other, "api.example", "GET", "/x").rule());
    granted(other, "files.example", "GET", "/x");
  }

  @Test
  void credentialThatIsMoreSensitiveThanWhatWasLeftIsNotUsed() {
    // Given
    Task internal = child(root, RESEARCHER, level(Classification.INTERNAL));
    Task confidential = child(root, WRITER, level(Classification.CONFIDENTIAL));

    // Then
    assertEquals("delegation.classification", denied(internal, "api.example", "GET", "/x").rule());
    granted(confidential, "api.example", "GET", "/x");
  }

  @Test
  void tunnelIsNotForAChildWhoseMethodsOrPathsAreNarrowed() {
    // Given
    Task whole = child(root, RESEARCHER, level(Classification.PUBLIC));
    Task narrowed = child(root, RESEARCHER, methods("GET"));

    // Then
    assertInstanceOf(
        Grant.class, policy().opaque(whole, "raw.example", 443, List.of()).orElseThrow());
    assertEquals(
        "delegation.methods",
        assertInstanceOf(
                Denial.class,
                policy().opaque(narrowed, "raw.example", 443, List.of()).orElseThrow())
            .rule());
  }

  @Test
  void nothingIsAllowedBeforeTheAgentHasShownWhoItIs() {
    Task child =
        assertInstanceOf(Opening.Opened.class, tasks.delegate(root, ask(WRITER).request())).task();
    assertEquals(
        Denial.Reason.AGENT_UNPROVEN, denied(child, "files.example", "GET", "/x").reason());
    assertEquals(
        Denial.Reason.AGENT_UNPROVEN,
        assertInstanceOf(
                Denial.class, policy().opaque(child, "raw.example", 443, List.of()).orElseThrow())
            .reason());
  }

  @Test
  void ruleForTheChildsAgentGivesNothingThatItsParentDoesNotHave() {
    // Given
    rules.add(rule("writer-may", Effect.ALLOW, agent(WRITER)));
    Task child = child(root, WRITER, ALL);

    // Then
    assertEquals("policy.rules", denied(child, "files.example", "GET", "/x").rule());
    rules.add(rule("planner-reads", Effect.ALLOW, agent(PLANNER), method("GET")));
    granted(child, "files.example", "GET", "/x");
    denied(child, "files.example", "POST", "/x");
  }

  @Test
  void denialOfAnAgentAnywhereAboveHoldsForAllBelow() {
    // Given
    rules.add(rule("all", Effect.ALLOW));
    rules.add(rule("no-research-writes", Effect.DENY, agent(RESEARCHER), method("POST")));
    Task writer = child(child(root, RESEARCHER, ALL), WRITER, ALL);

    // Then
    granted(writer, "files.example", "GET", "/x");
    assertEquals(
        "policy.rules.no-research-writes", denied(writer, "files.example", "POST", "/x").rule());
    granted(child(root, WRITER, ALL), "files.example", "POST", "/x");
  }

  @Test
  void autonomyOfAnAgentAboveHoldsForAllBelow() {
    // Given
    agents.put(PLANNER, new AgentProfile("ops", Optional.of(Autonomy.SUPERVISED)));
    agents.put(WRITER, new AgentProfile("ops", Optional.of(Autonomy.AUTONOMOUS)));
    Task writer = child(root, WRITER, ALL);

    // Then
    granted(writer, "files.example", "GET", "/x");
    assertEquals(
        Denial.Reason.APPROVAL_REQUIRED, denied(writer, "files.example", "POST", "/x").reason());
  }

  @Test
  void countsOfTheParentAreNotEscapedByAFreshChild() {
    // Given
    rules.add(rule("all", Effect.ALLOW));
    rules.add(rule("few", Effect.DENY, new Condition.Over(Fact.CALLS, 3, true)));
    for (int i = 0; i < 4; i++) {
      root.enter(() -> {}, clock.nanos());
    }

    // Then
    assertEquals(
        "policy.rules.few", denied(child(root, WRITER, ALL), "files.example", "GET", "/x").rule());
  }

  @Test
  void rulesSeeTheChainAndTheDepth() {
    // Given
    rules.add(rule("all", Effect.ALLOW));
    rules.add(
        rule("not-by-research", Effect.DENY, new Condition.InChain(Set.of(RESEARCHER), List.of())));
    rules.add(rule("not-deep", Effect.DENY, new Condition.Over(Fact.DEPTH, 1, true)));
    Task researcher = child(root, RESEARCHER, ALL);
    Task writer = child(root, WRITER, ALL);

    // Then
    granted(root, "files.example", "GET", "/x");
    granted(writer, "files.example", "GET", "/x");
    denied(researcher, "files.example", "GET", "/x");
    denied(child(writer, "spiffe://example.org/agent/x", ALL), "files.example", "GET", "/x");
  }

  @Test
  void breakGlassSetsRulesAsideAndNothingElse() {
    // Given
    Consents broken =
        new Consents() {
          @Override
          public @Nullable String given(PolicyRule rule, Facts facts) {
            return null;
          }

          @Override
          public @Nullable String exception(Task task, @Nullable CredentialUse use) {
            return "brk_1";
          }
        };
    rules.add(rule("nothing", Effect.DENY));
    Task reader = child(root, RESEARCHER, methods("GET"));

    // When
    consents = broken;
    Decision passing = decide(root, "files.example", "GET", "/x");

    // Then
    assertEquals("brk_1", assertInstanceOf(Grant.class, passing).approval());
    assertEquals("policy.rules.nothing", assertInstanceOf(Grant.class, passing).rule());
    assertEquals("delegation.methods", denied(reader, "files.example", "POST", "/x").rule());
    denied(root, "elsewhere.example", "GET", "/x");
    consents = Consents.NONE;
    denied(root, "files.example", "GET", "/x");
  }

  @Test
  void rulesOfDelegationSpeakOfChildrenOnly() {
    // Given
    rules.add(
        rule(
            "no-writers",
            Effect.DENY,
            agent(WRITER),
            new Condition.OneOf(Fact.ACTION, Set.of(Action.DELEGATION.word()))));

    // Then
    assertNull(policy().opening(root, List.of()));
    assertNull(policy().opening(child(root, RESEARCHER, ALL), List.of()));
    assertEquals(
        Denial.Reason.POLICY_DENIED,
        Objects.requireNonNull(policy().opening(child(root, WRITER, ALL), List.of())).reason());
  }

  private static PolicyRule rule(String name, Effect effect, Condition... when) {
    return new PolicyRule(
        "policy.rules." + name,
        "",
        Optional.empty(),
        effect,
        false,
        List.of(when),
        Optional.empty());
  }

  private static Condition agent(String id) {
    return new Condition.OneOf(Fact.AGENT, Set.of(id));
  }

  private static Condition method(String name) {
    return new Condition.OneOf(Fact.METHOD, Set.of(name));
  }

  private static Narrowing methods(String... names) {
    return new Narrowing(
        Optional.of(Set.of(names)),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Narrowing paths(String pattern) {
    return new Narrowing(
        Optional.empty(),
        Optional.of(List.of(PathPattern.parse(pattern))),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Narrowing credentials(String... names) {
    return new Narrowing(
        Optional.empty(),
        Optional.empty(),
        Optional.of(Set.of(names)),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Narrowing level(Classification highest) {
    return new Narrowing(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(highest),
        Optional.empty(),
        Optional.empty());
  }
}
