package dev.leasehold.broker.policy;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.leasehold.broker.destination.CanonicalPath;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.PathPattern;
import dev.leasehold.broker.destination.Target;
import dev.leasehold.broker.policy.PolicyRule.Asking;
import dev.leasehold.broker.policy.PolicyRule.Scope;
import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.Autonomy;
import dev.leasehold.broker.task.OnSharedToken;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskKind;
import dev.leasehold.broker.task.TaskRequest;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.testing.Destinations;
import dev.leasehold.broker.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One task that may call one destination, below {@code /v1}, and rules about that. */
final class PolicyTester {
  private static final String AGENT = "spiffe://example.org/agent";

  private final ManualClock clock;
  private final List<PolicyRule> rules = new ArrayList<>();
  private Optional<Autonomy> agentLevel = Optional.empty();
  private Optional<Autonomy> kindLevel = Optional.empty();
  private Signals signals = Signals.NONE;
  private Consents consents = Consents.NONE;
  private List<Engine> engines = List.of();
  private @Nullable Task task;

  PolicyTester() {
    this(new ManualClock());
  }

  PolicyTester(ManualClock clock) {
    this.clock = clock;
  }

  void rule(String name, Effect effect, Condition... when) {
    add(name, effect, Optional.empty(), false, when);
  }

  void until(String name, Effect effect, Instant until, Condition... when) {
    add(name, effect, Optional.of(until), false, when);
  }

  void observed(String name, Effect effect, Condition... when) {
    add(name, effect, Optional.empty(), true, when);
  }

  private void add(
      String name, Effect effect, Optional<Instant> until, boolean observe, Condition... when) {
    rules.add(
        new PolicyRule(
            "policy.rules." + name,
            "",
            until,
            effect,
            observe,
            List.of(when),
            effect == Effect.REQUIRE_APPROVAL
                ? Optional.of(new Asking(Optional.empty(), Scope.CALL, Duration.ZERO, 1))
                : Optional.empty()));
  }

  void clear() {
    rules.clear();
  }

  List<PolicyRule> rules() {
    return rules;
  }

  void agent(Optional<Autonomy> level) {
    agentLevel = level;
  }

  void kind(Optional<Autonomy> level) {
    kindLevel = level;
  }

  void signals(Signals those) {
    signals = those;
  }

  void consents(Consents those) {
    consents = those;
  }

  void engines(Engine... those) {
    engines = List.of(those);
  }

  Instant now() {
    return clock.instant();
  }

  void pass(Duration time) {
    clock.pass(time);
  }

  void makeCalls(int count) {
    for (int i = 0; i < count; i++) {
      task().enter(() -> {}, clock.nanos());
    }
  }

  Task task() {
    Task open = task;
    if (open == null) {
      open = open();
      task = open;
    }
    return open;
  }

  private Task open() {
    TaskKind kind =
        new TaskKind(
            "kind",
            Set.of(AGENT),
            Set.of(),
            Duration.ofHours(1),
            Optional.empty(),
            Duration.ZERO,
            10,
            "role",
            List.of("api"),
            kindLevel,
            Optional.empty(),
            Optional.empty(),
            OnSharedToken.RECORD);
    TaskRequest request =
        new TaskRequest(
            "nightly",
            AGENT,
            AgentProof.UID,
            "uid:1001",
            Optional.of(1001),
            Optional.empty(),
            Optional.empty(),
            Map.of("team", "a"),
            Optional.empty());
    return assertInstanceOf(
            Tasks.Opening.Opened.class, new Tasks(clock, clock::nanos).open(kind, request))
        .task();
  }

  Policy policy() {
    Destination api =
        Destinations.https("api", "api.example")
            .allow(Set.of(), "/v1/**")
            .environment("production")
            .build();
    boolean levels = agentLevel.isPresent() || kindLevel.isPresent();
    return new Policy(
        "v-test",
        Map.of("api", api),
        Map.of(),
        clock,
        new Rulebook(
            rules, Map.of(AGENT, new AgentProfile("ops", agentLevel)), levels, signals, consents),
        engines);
  }

  Decision decide(String method, String path) {
    return policy().decide(task(), call(method, path, Optional.empty()));
  }

  Decision intending(String intent, String method, String path) {
    return policy().decide(task(), call(method, path, Intent.parse(intent)));
  }

  Grant granted(String method, String path) {
    return assertInstanceOf(Grant.class, decide(method, path));
  }

  Denial denied(String method, String path) {
    return assertInstanceOf(Denial.class, decide(method, path));
  }

  Explanation explained(String method, String path) {
    Policy policy = policy();
    return policy.explain(
        task(), policy.destination("api").orElseThrow(), call(method, path, Optional.empty()));
  }

  /** What the rules are asked about, whatever they say. */
  Facts facts(String method, String path) {
    PolicyTester open = new PolicyTester(clock);
    open.task = task();
    open.rule("all", Effect.ALLOW);
    return java.util.Objects.requireNonNull(open.granted(method, path).facts());
  }

  private static Call call(String method, String path, Optional<Intent> intent) {
    CanonicalPath canonical =
        assertInstanceOf(CanonicalPath.Result.Canonical.class, CanonicalPath.parse(path, false))
            .path();
    return new Call(
        Target.Scheme.HTTPS, "api.example", 443, Action.HTTP, method, canonical, intent);
  }

  /** Calls and rules by chance. */
  static final class Asked {
    private static final List<String> METHODS = List.of("GET", "POST", "DELETE");
    private static final List<String> PARTS = List.of("a", "b", "c");

    private Asked() {}

    static String method(Random random) {
      return METHODS.get(random.nextInt(METHODS.size()));
    }

    static String path(Random random) {
      return "/v1/" + part(random) + "/" + part(random);
    }

    private static String part(Random random) {
      return PARTS.get(random.nextInt(PARTS.size()));
    }

    static Effect effect(Random random) {
      int chance = random.nextInt(10);
      return chance == 0 ? Effect.DENY : chance == 1 ? Effect.REQUIRE_APPROVAL : Effect.ALLOW;
    }

    static Condition[] conditions(Random random) {
      List<Condition> all = new ArrayList<>();
      all.add(new Condition.OneOf(Fact.METHOD, Set.of(method(random))));
      switch (random.nextInt(5)) {
        case 0 -> all.add(paths("/v1/" + part(random) + "/**"));
        case 1 -> all.add(paths("/v1/" + part(random) + "/" + part(random), "/v1/*/c"));
        case 2 -> all.add(new Condition.OneOf(Fact.PURPOSE, Set.of("nightly", "other")));
        case 3 ->
            all.add(
                new Condition.BeginsWith(
                    Fact.AGENT, Set.of(), List.of("spiffe://example.org/", "spiffe://b/")));
        default -> all.add(new Condition.Labels(Map.of("team", part(random))));
      }
      if (random.nextInt(3) == 0) {
        all.add(new Condition.OneOf(Fact.ENVIRONMENT, Set.of("staging", "production")));
      }
      return all.toArray(Condition[]::new);
    }

    private static Condition paths(String... patterns) {
      List<PathPattern> parsed = new ArrayList<>();
      for (String pattern : patterns) {
        parsed.add(PathPattern.parse(pattern));
      }
      return new Condition.Paths(parsed);
    }
  }
}
