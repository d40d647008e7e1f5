package dev.leasehold.suite.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leasehold.broker.config.Configuration;
import dev.leasehold.broker.engine.Engines;
import dev.leasehold.broker.policy.Call;
import dev.leasehold.broker.policy.Consents;
import dev.leasehold.broker.policy.Decision;
import dev.leasehold.broker.policy.Denial;
import dev.leasehold.broker.policy.Engine;
import dev.leasehold.broker.policy.Grant;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.policy.Referral;
import dev.leasehold.broker.policy.Signals;
import dev.leasehold.broker.policy.Signals.Window;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.testbed.pdp.DecisionPoint;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.server.Setting;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The examples of {@code config-examples/policy} say the same, each in a language of its own:
 * rules, CEL, Cedar, Rego in a real Open Policy Agent, and Cerbos asked by AuthZEN.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PolicyEnginesIT {
  private static final Path EXAMPLES =
      Path.of("../../config-examples/policy").toAbsolutePath().normalize();
  private static final int CALLS = 4_000;
  private static final long SEED = 20_270_630;

  private final RunFolder run = RunFolder.create();
  private final Vertx vertx = Vertx.vertx();
  private final Engines engines = new Engines(vertx, new Metrics("test", "test"));
  private final Map<String, Side> sides = new LinkedHashMap<>();

  /** One example, ready to be asked. */
  private record Side(Configuration configuration, List<Engine> engines) {
    Decision decide(AskedCall asked) {
      Map<String, List<Window>> on =
          asked.incident() ? Map.of("incident", List.of(Window.ALWAYS)) : Map.of();
      Policy policy =
          configuration.policy(InstantSource.system(), Consents.NONE, engines, new Signals(on));
      Call call = asked.call(configuration);
      Decision decision = policy.decide(asked.open(configuration), call);
      return decision instanceof Referral referral
          ? referral.ask().toCompletableFuture().join()
          : decision;
    }
  }

  @BeforeAll
  void start() {
    assumeTrue(
        Setting.realDemandedBy().isPresent() || DecisionPoint.available(),
        "Open Policy Agent and Cerbos are not there (.ci/servers) and have no stand-in");
    DecisionPoint opa = DecisionPoint.opa(run, EXAMPLES.resolve("opa/restock.rego"));
    DecisionPoint cerbos = DecisionPoint.cerbos(run, EXAMPLES.resolve("authzen/policies"));
    Map<String, String> ports =
        Map.of(
            "127.0.0.1:8181", opa.address().getAuthority(),
            "127.0.0.1:3592", cerbos.address().getAuthority(),
            "timeout: 200ms", "timeout: 10s"); // this is about what they say, not about when
    for (String example : List.of("rules", "cel", "cedar", "opa", "authzen")) {
      Configuration configuration = LoadedExample.of(EXAMPLES.resolve(example), ports, run);
      sides.put(example, new Side(configuration, engines.of(configuration.engines())));
    }
  }

  @AfterAll
  void stop() {
    engines.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    run.close();
  }

  @Test
  void allEnginesAgreeWithTheRulesOnThousandsOfCalls() {
    Random random = new Random(SEED);
    int allowed = 0;
    for (int i = 0; i < CALLS; i++) {
      AskedCall asked = AskedCall.byChance(random);
      Map<String, String> said = new LinkedHashMap<>();
      sides.forEach((name, side) -> said.put(name, word(side.decide(asked))));
      assertEquals(1, said.values().stream().distinct().count(), asked + " " + said);
      allowed += said.containsValue("allow") ? 1 : 0;
    }
    // A policy that never says yes, or never no, would agree with anything.
    assertTrue(allowed > CALLS / 20 && allowed < CALLS / 2, "allowed: " + allowed);
  }

  private static String word(Decision decision) {
    return switch (decision) {
      case Grant grant -> "allow";
      case Denial denial -> {
        assertEquals(Denial.Reason.POLICY_DENIED, denial.reason(), denial.toString());
        yield "deny";
      }
      case Referral referral -> throw new AssertionError("not settled");
    };
  }

  @Test
  void theDenialNamesWhatSaidNo() {
    // Given
    AskedCall deletes = AskedCall.of("restock", "DELETE", "/orders/7", "shop-staging");

    // When
    Map<String, String> rules = new LinkedHashMap<>();
    for (Map.Entry<String, Side> side : sides.entrySet()) {
      rules.put(
          side.getKey(), assertInstanceOf(Denial.class, side.getValue().decide(deletes)).rule());
    }

    // Then
    assertEquals(
        Map.of(
            "rules", "policy.rules.nothing-is-deleted",
            "cel", "policy.rules.nothing-is-deleted",
            "cedar", "policy.engines.cedar.nothing-is-deleted",
            "opa", "policy.engines.opa.nothing-is-deleted",
            "authzen", "policy.engines.authzen"),
        rules);
  }
}
