package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.policy.Condition;
import dev.leasehold.broker.policy.Effect;
import dev.leasehold.broker.policy.Fact;
import dev.leasehold.broker.policy.PolicyRule;
import dev.leasehold.broker.policy.PolicyRule.Asking;
import dev.leasehold.broker.policy.PolicyRule.Scope;
import dev.leasehold.broker.proxy.ProxyTester.OpenTask;
import dev.leasehold.broker.proxy.RawAgent.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What rules of the policy mean for calls that really are made. */
final class PolicyAtTheProxyTest {
  private static final String SECRET = "s3cret-token-of-this-task";
  private static final PolicyRule ALL = rule("all", Effect.ALLOW, false);

  private static PolicyRule rule(String name, Effect effect, boolean observe, Condition... when) {
    return new PolicyRule(
        "policy.rules." + name,
        "secops",
        Optional.empty(),
        effect,
        observe,
        List.of(when),
        effect == Effect.REQUIRE_APPROVAL
            ? Optional.of(new Asking(Optional.empty(), Scope.CALL, Duration.ZERO, 1))
            : Optional.empty());
  }

  private static Condition methods(String... names) {
    return new Condition.OneOf(Fact.METHOD, Set.of(names));
  }

  private static ProxyTester proxy(RecordingUpstream upstream) throws IOException {
    return ProxyTester.setup()
        .credential("api", ProxyTester.bearer(), Map.of("token", SECRET))
        .destination("api", upstream.port(), to -> to.credential("api"))
        .start();
  }

  private static Answer ask(
      RawAgent agent, RecordingUpstream upstream, OpenTask task, String method, String... more)
      throws IOException {
    String host = "127.0.0.1:" + upstream.port();
    String[] lines = new String[3 + more.length];
    lines[0] = method + " http://" + host + "/orders HTTP/1.1";
    lines[1] = "Host: " + host;
    lines[2] = task.line();
    System.arraycopy(more, 0, lines, 3, more.length);
    return agent.head(lines).answer();
  }

  @Test
  void callThatARuleDeniesLeasesNothingAndNeverReachesUpstream() throws Exception {
    // Given
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      proxy.obey(ALL, rule("no-writes", Effect.DENY, false, methods("DELETE")));
      OpenTask task = proxy.open();

      // When
      Answer answer = ask(agent, upstream, task, "DELETE");

      // Then
      assertEquals(403, answer.status());
      assertEquals("rule-denied", answer.problem());
      assertTrue(answer.body().contains("\"rule\":\"policy.rules.no-writes\""));
      assertTrue(answer.body().contains("ask the rule's owner: secops"));
      assertEquals(0, upstream.connections());
      assertEquals(List.of(), proxy.store().calls());
      proxy.auditLine("\"decision\":\"deny\"", "\"rule\":\"policy.rules.no-writes\"");
      assertTrue(proxy.metrics().contains("leasehold_denials_total{problem=\"rule-denied\"} 1.0"));
      assertEquals(200, ask(agent, upstream, task, "GET").status());
      proxy.auditLine("\"decision\":\"allow\"", "\"rule\":\"policy.rules.all\"");
    }
  }

  @Test
  void callThatNeedsAHumanSaysSo() throws Exception {
    // Given
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      proxy.obey(rule("ask", Effect.REQUIRE_APPROVAL, false));

      // When
      Answer answer = ask(agent, upstream, proxy.open(), "GET");

      // Then
      assertEquals(403, answer.status());
      assertEquals("approval-required", answer.problem());
      assertEquals(0, upstream.connections());
      proxy.auditLine("\"cause\":\"approval-required\"", "\"rule\":\"policy.rules.ask\"");
    }
  }

  @Test
  void statedIntentDecidesAndStaysHere() throws Exception {
    // Given
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      proxy.obey(
          ALL,
          rule(
              "odd",
              Effect.DENY,
              false,
              new Condition.OneOf(Fact.INTENT, Set.of("differs", "none"))));
      OpenTask task = proxy.open();

      // Then
      assertEquals(403, ask(agent, upstream, task, "GET").status());
      assertEquals(403, ask(agent, upstream, task, "GET", "Leasehold-Intent: write api").status());
      assertEquals(
          "invalid-request", ask(agent, upstream, task, "GET", "Leasehold-Intent: x").problem());
      assertEquals(
          "invalid-request",
          ask(
                  agent,
                  upstream,
                  task,
                  "GET",
                  "Leasehold-Intent: read api",
                  "Leasehold-Intent: write api")
              .problem());
      assertEquals(200, ask(agent, upstream, task, "GET", "Leasehold-Intent: read api").status());
      assertFalse(upstream.seen().toLowerCase(java.util.Locale.ROOT).contains("intent"));
    }
  }

  @Test
  void ruleThatIsOnlyObservedIsCountedAndWrittenAndChangesNothing() throws Exception {
    // Given
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      proxy.obey(ALL, rule("try", Effect.DENY, true, methods("GET")));

      // When
      Answer answer = ask(agent, upstream, proxy.open(), "GET");

      // Then
      assertEquals(200, answer.status());
      proxy.auditLine("\"decision\":\"allow\"", "\"observed\":\"policy.rules.try\"");
      assertTrue(
          proxy
              .metrics()
              .contains("leasehold_policy_rules_observed_total{rule=\"policy.rules.try\"} 1.0"));
    }
  }

  @Test
  void answerThatIsStillComingIsCutWhenTheRulesWouldNotAllowItAnyMore() throws Exception {
    // Given
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst");
                  assertEquals(-1, connection.read()); // until we are closed
                });
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      proxy.obey(ALL);
      OpenTask task = proxy.open();
      String host = "127.0.0.1:" + upstream.port();
      agent.head("GET http://" + host + "/orders HTTP/1.1", "Host: " + host, task.line());
      agent.readHead();
      assertEquals("first", agent.exactly(5));

      // When
      proxy.obey(ALL, rule("stop", Effect.DENY, false));

      // Then
      assertTrue(agent.isClosedByPeer());
      proxy.auditLine("\"type\":\"call.finished\"", "\"cause\":\"rule-denied\"");
    }
  }

  @Test
  void tunnelIsCutWhenTheRulesWouldNotAllowItAnyMore() throws Exception {
    // Given
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.send("hello");
                  assertEquals(-1, connection.read());
                });
        ProxyTester proxy =
            ProxyTester.setup().destination("raw", upstream.port(), to -> to.tunnel()).start();
        RawAgent agent = proxy.agent();
        RawAgent late = proxy.agent()) {
      proxy.obey(ALL);
      OpenTask task = proxy.open();
      String host = "127.0.0.1:" + upstream.port();
      String connect = "CONNECT " + host + " HTTP/1.1";
      assertEquals(200, agent.connectAnswer(connect, "Host: " + host, task.line()).status());
      assertEquals("hello", agent.exactly(5));

      // When
      proxy.obey(
          ALL,
          rule(
              "no-tunnels",
              Effect.DENY,
              false,
              new Condition.OneOf(Fact.ACTION, Set.of("tunnel"))));

      // Then
      assertTrue(agent.isClosedByPeer());
      proxy.auditLine("\"type\":\"call.finished\"", "\"cause\":\"rule-denied\"");
      assertEquals(403, late.connectAnswer(connect, "Host: " + host, task.line()).status());
    }
  }
}
