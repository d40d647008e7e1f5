package dev.leasehold.bench;

import dev.leasehold.broker.engine.CedarPolicies;
import dev.leasehold.broker.engine.CelExpression;
import dev.leasehold.broker.engine.EngineConfig;
import dev.leasehold.broker.engine.Engines;
import dev.leasehold.broker.policy.Call;
import dev.leasehold.broker.policy.Condition;
import dev.leasehold.broker.policy.Decision;
import dev.leasehold.broker.policy.Effect;
import dev.leasehold.broker.policy.Engine;
import dev.leasehold.broker.policy.Grant;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.policy.PolicyRule;
import dev.leasehold.broker.policy.Referral;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.testbed.pdp.DecisionPoint;
import dev.leasehold.testbed.server.RunFolder;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The cost of one decision in this process with an expression, and with each engine. */
final class EngineCosts {
  private static final int WARM_UP = 20_000;
  private static final int ROUNDS = 20_000;
  private static final int POLICIES = 20;
  private static final Duration PATIENT = Duration.ofSeconds(10);
  private static final double GOAL_CEL_MICROS = 10;
  private static final double GOAL_CEDAR_MILLIS = 0.2;
  private static final double GOAL_OPA_MILLIS = 1;
  private static final String CEL =
      "task.calls < 1000000000 && action.method in [\"GET\", \"HEAD\"]"
          + " && resource.path.startsWith(\"/v1/\") && resource.environment == \"bench\"";

  private EngineCosts() {}

  static List<Measure> measure(String bench) {
    List<Measure> measures = new ArrayList<>();
    PolicyRule cel =
        Decisions.rule(
            "cel", Effect.ALLOW, List.of(new Condition.Expressed(CelExpression.parse(CEL))));
    Samples micros = micros(Decisions.policy(List.of(cel), List.of()));
    measures.add(
        Measure.atMost(
            bench, "p50 with a CEL rule", "us", micros.median(), GOAL_CEL_MICROS, p99(micros)));
    Vertx vertx = Vertx.vertx();
    try (RunFolder run = RunFolder.create();
        Engines engines = new Engines(vertx, new Metrics("bench", "bench"))) {
      Policy cedar = asking(engines, cedar());
      measures.add(millis(bench, "p50 with Cedar", micros(cedar), GOAL_CEDAR_MILLIS));
      if (DecisionPoint.available()) {
        Policy opa = asking(engines, opa(run));
        measures.add(millis(bench, "p50 with OPA", micros(opa), GOAL_OPA_MILLIS));
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
    return measures;
  }

  private static Measure.Peer p99(Samples samples) {
    return new Measure.Peer(samples.quantile(0.99), "p99");
  }

  private static Measure millis(String bench, String name, Samples micros, double goal) {
    Measure.Peer p99 = new Measure.Peer(micros.quantile(0.99) / 1000, "p99");
    return Measure.atMost(bench, name, "ms", micros.median() / 1000, goal, p99);
  }

  private static Policy asking(Engines engines, EngineConfig config) {
    List<Engine> one = engines.of(List.of(config));
    return Decisions.policy(List.of(), one);
  }

  private static EngineConfig cedar() {
    return new EngineConfig.Cedar(
        "cedar",
        CedarPolicies.read(
            policies(
                "permit (principal, action, resource) when { resource.path like \"/v1/*\" };%n",
                "forbid (principal, action, resource) when"
                    + " { context.task.purpose == \"job %d\" && context.calls > 5 };%n"),
            Optional.empty()),
        PATIENT);
  }

  private static EngineConfig opa(RunFolder run) {
    String rego =
        "package bench%nallow if { startswith(input.resource.path, \"/v1/\"); not no }%n"
                .formatted()
            + policies("", "no if { input.task.purpose == \"job %d\"; input.context.calls > 5 }%n");
    try {
      Path file = Files.writeString(run.folder("rego").resolve("bench.rego"), rego);
      URI address = DecisionPoint.opa(run, file).address();
      return new EngineConfig.Asked(
          "opa",
          EngineConfig.Sort.OPA,
          address.resolve("/v1/data/bench/allow"),
          PATIENT,
          Set.of(),
          Duration.ZERO);
    } catch (IOException full) {
      throw new UncheckedIOException(full);
    }
  }

  private static String policies(String first, String each) {
    StringBuilder text = new StringBuilder(first.formatted());
    for (int i = 1; i < POLICIES; i++) {
      text.append(each.formatted(i));
    }
    return text.toString();
  }

  /** One after another, as one agent makes its calls. */
  private static Samples micros(Policy policy) {
    Task task = Decisions.task();
    Call call = Decisions.call();
    Supplier<Decision> decide =
        () -> {
          Decision decision = policy.decide(task, call);
          return decision instanceof Referral referral
              ? referral.ask().toCompletableFuture().join()
              : decision;
        };
    double[] micros = new double[ROUNDS];
    for (int round = -WARM_UP; round < ROUNDS; round++) {
      long begun = System.nanoTime();
      if (!(decide.get() instanceof Grant)) {
        throw new IllegalStateException("the call is allowed: " + decide.get());
      }
      if (round >= 0) {
        micros[round] = (System.nanoTime() - begun) / 1000.0;
      }
    }
    return Samples.of(micros);
  }
}
