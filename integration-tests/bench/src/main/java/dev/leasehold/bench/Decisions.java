package dev.leasehold.bench;

import dev.leasehold.broker.destination.CanonicalPath;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Limits;
import dev.leasehold.broker.destination.PathPattern;
import dev.leasehold.broker.destination.Rule;
import dev.leasehold.broker.destination.Target;
import dev.leasehold.broker.destination.UpstreamTls;
import dev.leasehold.broker.policy.Call;
import dev.leasehold.broker.policy.Condition;
import dev.leasehold.broker.policy.Consents;
import dev.leasehold.broker.policy.Effect;
import dev.leasehold.broker.policy.Engine;
import dev.leasehold.broker.policy.Fact;
import dev.leasehold.broker.policy.Grant;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.policy.PolicyRule;
import dev.leasehold.broker.policy.Rulebook;
import dev.leasehold.broker.policy.Signals;
import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskKind;
import dev.leasehold.broker.task.TaskRequest;
import dev.leasehold.broker.task.Tasks;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The cost of one decision in this process, by the number of rules. */
final class Decisions {
  private static final List<Integer> RULES = List.of(10, 100, 1_000, 10_000);
  private static final double GOAL_MICROS = 3;
  private static final double FLAT = 1.5;
  private static final int BATCH = 1_000;
  private static final int WARM_UP = 300;
  private static final int ROUNDS = 500;
  private static final String AGENT = "spiffe://example.org/agent/bench";

  private record Cost(double micros, double bytes) {}

  private Decisions() {}

  static List<Measure> measure(String bench) {
    List<Measure> measures = new ArrayList<>();
    Cost few = null;
    for (int rules : RULES) {
      Cost cost = cost(rules);
      few = few == null ? cost : few;
      measures.add(
          Measure.atMost(
              bench,
              "p50 of a decision, " + rules + " rules",
              "us",
              cost.micros(),
              GOAL_MICROS,
              Measure.Peer.NONE));
      if (rules == RULES.getLast()) {
        measures.add(
            Measure.atMostOfPeer(
                bench,
                "the same beside 10 rules",
                "us",
                cost.micros(),
                few.micros(),
                "10 rules",
                FLAT));
        measures.add(
            Measure.atMostOfPeer(
                bench,
                "allocated for a decision, " + rules,
                "bytes",
                cost.bytes(),
                few.bytes(),
                "10 rules",
                1));
      }
    }
    return measures;
  }

  private static Cost cost(int rules) {
    Policy policy = policy(rules);
    Task task = task();
    Call call = call();
    double[] micros = new double[ROUNDS];
    long before = 0;
    for (int round = -WARM_UP; round < ROUNDS; round++) {
      if (round == 0) {
        before = allocated();
      }
      long begun = System.nanoTime();
      for (int i = 0; i < BATCH; i++) {
        if (!(policy.decide(task, call) instanceof Grant)) {
          throw new IllegalStateException("the call is allowed");
        }
      }
      if (round >= 0) {
        micros[round] = (System.nanoTime() - begun) / 1000.0 / BATCH;
      }
    }
    double bytes = Math.rint((allocated() - before) / (double) (ROUNDS * BATCH));
    return new Cost(Samples.of(micros).median(), bytes);
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  /** Rules of several shapes, of which the last alone matches. */
  private static Policy policy(int count) {
    List<PolicyRule> rules = new ArrayList<>();
    for (int i = 1; i < count; i++) {
      List<Condition> when =
          switch (i % 4) {
            case 0 -> List.of(one(Fact.METHOD, "GET"), one(Fact.PURPOSE, "job " + i));
            case 1 ->
                List.of(
                    one(Fact.METHOD, "GET"),
                    new Condition.Paths(List.of(PathPattern.parse("/v1/team-" + i + "/**"))));
            case 2 -> List.of(one(Fact.AGENT, AGENT + i), one(Fact.ENVIRONMENT, "bench"));
            default -> List.of(one(Fact.KIND, "kind-" + i), one(Fact.CLASSIFICATION, "internal"));
          };
      rules.add(rule("other-" + i, i % 10 == 0 ? Effect.DENY : Effect.ALLOW, when));
    }
    rules.add(rule("items", Effect.ALLOW, List.of(one(Fact.KIND, "kind"))));
    return policy(rules, List.of());
  }

  static Policy policy(List<PolicyRule> rules, List<Engine> engines) {
    return new Policy(
        "bench",
        Map.of("api", destination()),
        Map.of(),
        InstantSource.system(),
        new Rulebook(rules, Map.of(), false, Signals.NONE, Consents.NONE),
        engines);
  }

  static Call call() {
    return new Call(Target.Scheme.HTTPS, "api.example", 443, "GET", path("/v1/items/7"));
  }

  private static Condition one(Fact fact, String value) {
    return new Condition.OneOf(fact, Set.of(value));
  }

  static PolicyRule rule(String name, Effect effect, List<Condition> when) {
    return new PolicyRule(
        "policy.rules." + name, "", Optional.empty(), effect, false, when, Optional.empty());
  }

  static Task task() {
    TaskKind kind =
        new TaskKind(
            "kind",
            Set.of(AGENT),
            Set.of(),
            Duration.ofHours(1),
            Optional.empty(),
            Duration.ZERO,
            1,
            "role",
            List.of("api"));
    TaskRequest request =
        new TaskRequest(
            "a benchmark",
            AGENT,
            AgentProof.UID,
            "uid:1001",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Optional.empty());
    return ((Tasks.Opening.Opened)
            new Tasks(InstantSource.system(), System::nanoTime).open(kind, request))
        .task();
  }

  private static Destination destination() {
    return new Destination(
        "api",
        new Target(Target.Scheme.HTTPS, "api.example", 443),
        "/",
        Optional.of("bench"),
        List.of(),
        List.of(new Rule("destinations.api.allow[0]", Set.of("GET"), List.of())),
        List.of(),
        Optional.empty(),
        false,
        UpstreamTls.SYSTEM,
        false,
        false,
        Destination.Redact.REPLACE,
        List.of(),
        Set.of(),
        Set.of(),
        Limits.DEFAULT,
        Optional.empty(),
        false);
  }

  private static CanonicalPath path(String text) {
    return ((CanonicalPath.Result.Canonical) CanonicalPath.parse(text, false)).path();
  }
}
