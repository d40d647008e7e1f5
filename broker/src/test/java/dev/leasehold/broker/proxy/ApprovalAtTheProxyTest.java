package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.approval.Approval;
import dev.leasehold.broker.approval.Approvals;
import dev.leasehold.broker.approval.Approver;
import dev.leasehold.broker.approval.Shown;
import dev.leasehold.broker.policy.Condition;
import dev.leasehold.broker.policy.Effect;
import dev.leasehold.broker.policy.Fact;
import dev.leasehold.broker.policy.PolicyRule;
import dev.leasehold.broker.policy.PolicyRule.Asking;
import dev.leasehold.broker.policy.PolicyRule.Scope;
import dev.leasehold.broker.proxy.ProxyTester.OpenTask;
import dev.leasehold.broker.proxy.RawAgent.Answer;
import dev.leasehold.broker.task.Signal;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Calls that a human is asked about, as agents and targets see them. */
final class ApprovalAtTheProxyTest {
  private static final String SECRET = "s3cret-token-of-this-task";
  private static final Approver ANNA = new Approver("uid:2001", Set.of("ops"), Optional.empty());
  private static final Duration LONG = Duration.ofSeconds(30);

  private static PolicyRule writes(Scope scope, Duration held) {
    return new PolicyRule(
        "policy.rules.writes",
        "",
        Optional.empty(),
        Effect.REQUIRE_APPROVAL,
        false,
        List.of(new Condition.OneOf(Fact.METHOD, Set.of("POST"))),
        Optional.of(new Asking(Optional.of("ops"), scope, held, 1)));
  }

  private static ProxyTester proxy(RecordingUpstream upstream) throws IOException {
    return ProxyTester.setup()
        .credential("api", ProxyTester.bearer(), Map.of("token", SECRET))
        .destination("api", upstream.port(), to -> to.credential("api"))
        .start();
  }

  /** Reads each request whole, then greets. */
  private static RecordingUpstream reading(int body) throws IOException {
    return RecordingUpstream.start(
        connection -> {
          while (!connection.head().isEmpty()) {
            connection.body(body);
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
          }
        });
  }

  private static RawAgent post(
      RawAgent agent, RecordingUpstream upstream, OpenTask task, String body) throws IOException {
    String host = "127.0.0.1:" + upstream.port();
    return agent
        .head(
            "POST http://" + host + "/orders?a=b HTTP/1.1",
            "Host: " + host,
            task.line(),
            "Content-Length: " + body.length())
        .send(body);
  }

  private static Approval pending(ProxyTester proxy) throws IOException {
    ProxyTester.await("a question", () -> !proxy.approvals().open().isEmpty());
    return proxy.approvals().open().getFirst();
  }

  private static void agree(ProxyTester proxy, Approval approval) {
    assertEquals(
        Optional.empty(),
        proxy.approvals().answer(approval, ANNA, true, approval.digest(), false, "fine"));
  }

  @Test
  void callIsHeldUntilAHumanAgreesAndIsThenMadeOnce() throws Exception {
    // Given
    try (RecordingUpstream upstream = reading(8);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent();
        RawAgent second = proxy.agent()) {
      proxy.obey(writes(Scope.CALL, LONG));
      OpenTask task = proxy.open();

      // When
      post(agent, upstream, task, "12345678");
      Approval asked = pending(proxy);

      // Then
      assertEquals(0, upstream.connections());
      assertEquals(List.of(), proxy.store().calls());
      Shown.Body.Whole body = assertInstanceOf(Shown.Body.Whole.class, asked.shown().body());
      assertEquals("12345678", body.latin1());
      assertEquals("a=b", asked.shown().query());

      // When
      agree(proxy, asked);

      // Then
      assertEquals(200, agent.answer().status());
      assertTrue(upstream.seen().endsWith("\r\n\r\n12345678"));
      proxy.auditLine("\"type\":\"approval.asked\"", asked.id(), "\"method\":\"POST\"");
      proxy.auditLine("\"type\":\"approval.approved\"", asked.id(), "\"approver\":\"uid:2001\"");
      proxy.auditLine("\"decision\":\"allow\"", "\"approval\":\"" + asked.id() + "\"");

      // When the very same call is made once more
      post(second, upstream, task, "12345678");

      // Then
      assertFalse(pending(proxy).id().equals(asked.id()));
    }
  }

  @Test
  void callThatAHumanDeniesLeasesNothingAndNeverReachesUpstream() throws Exception {
    try (RecordingUpstream upstream = reading(2);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      proxy.obey(writes(Scope.CALL, LONG));
      post(agent, upstream, proxy.open(), "ab");
      Approval asked = pending(proxy);
      proxy.approvals().answer(asked, ANNA, false, asked.digest(), false, "not now");
      Answer answer = agent.answer();
      assertEquals(403, answer.status());
      assertEquals("rule-denied", answer.problem());
      assertEquals(0, upstream.connections());
      assertEquals(List.of(), proxy.store().calls());
      proxy.auditLine("\"type\":\"approval.denied\"", "\"cause\":\"not now\"");
    }
  }

  @Test
  void callThatNobodyAnswersInTimeMayBeMadeAgainAndOnlyAsItWas() throws Exception {
    try (RecordingUpstream upstream = reading(2);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      // Given
      proxy.obey(writes(Scope.CALL, Duration.ZERO));
      OpenTask task = proxy.open();

      // When
      Answer first = post(agent, upstream, task, "ab").answer();

      // Then
      Approval asked = pending(proxy);
      assertEquals(403, first.status());
      assertEquals("approval-required", first.problem());
      assertEquals("5", first.field("retry-after"));
      assertTrue(first.body().contains("\"approval\":\"" + asked.id() + "\""));

      // When
      agree(proxy, asked);

      // Then another body is another question, and the same one passes once
      assertEquals("approval-required", post(agent, upstream, task, "zz").answer().problem());
      assertEquals(
          "approval-required", post(agent, upstream, proxy.open(), "ab").answer().problem());
      assertEquals(200, post(agent, upstream, task, "ab").answer().status());
      assertEquals("approval-required", post(agent, upstream, task, "ab").answer().problem());
    }
  }

  @Test
  void bodyThatIsTooLargeToBeShownPassesOnlyIfThatIsAccepted() throws Exception {
    int size = 300_000;
    try (RecordingUpstream upstream = reading(size);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      proxy.obey(writes(Scope.CALL, LONG));
      OpenTask task = proxy.open();
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      post(agent, upstream, task, "x".repeat(size));
                    } catch (IOException broken) {
                      throw new java.io.UncheckedIOException(broken);
                    }
                  });
      Approval asked = pending(proxy);
      assertInstanceOf(Shown.Body.Unseen.class, asked.shown().body());
      assertEquals(
          Optional.of(dev.leasehold.broker.approval.Approvals.Refusal.UNSEEN),
          proxy.approvals().answer(asked, ANNA, true, asked.digest(), false, ""));
      assertEquals(
          Optional.empty(), proxy.approvals().answer(asked, ANNA, true, asked.digest(), true, ""));
      sender.join();
      assertEquals(200, agent.answer().status());
      assertTrue(upstream.seen().endsWith("x".repeat(size)));
    }
  }

  @Test
  void approvalOfATaskIsGoodForThatTaskOnly() throws Exception {
    try (RecordingUpstream upstream = reading(2);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent();
        RawAgent other = proxy.agent()) {
      proxy.obey(writes(Scope.TASK, LONG));
      OpenTask task = proxy.open();
      post(agent, upstream, task, "ab");
      agree(proxy, pending(proxy));
      assertEquals(200, agent.answer().status());
      assertEquals(200, post(agent, upstream, task, "cd").answer().status());
      assertEquals(List.of(), proxy.approvals().open());
      post(other, upstream, proxy.open(), "ab");
      assertEquals(1, List.of(pending(proxy)).size());
    }
  }

  @Test
  void taskThatEndsWhileItsCallIsHeldHasItRefused() throws Exception {
    try (RecordingUpstream upstream = reading(2);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      proxy.obey(writes(Scope.CALL, LONG));
      OpenTask task = proxy.open();
      post(agent, upstream, task, "ab");
      Approval asked = pending(proxy);
      proxy.ends().end(task.task(), Signal.COMPLETED, "").toCompletableFuture().join();
      assertEquals("task-ended", agent.answer().problem());
      assertEquals(Approval.State.EXPIRED, proxy.approvals().state(asked));
      assertEquals(0, upstream.connections());
    }
  }

  @Test
  void callThatWasHeldIsMadeOnlyIfTheRulesOfNowAllowIt() throws Exception {
    try (RecordingUpstream upstream = reading(2);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      // Given
      proxy.obey(writes(Scope.CALL, LONG));
      post(agent, upstream, proxy.open(), "ab");
      Approval asked = pending(proxy);

      // When
      proxy.obey(
          writes(Scope.CALL, LONG),
          new PolicyRule(
              "policy.rules.incident",
              "",
              Optional.empty(),
              Effect.DENY,
              false,
              List.of(),
              Optional.empty()));
      agree(proxy, asked);

      // Then
      Answer answer = agent.answer();
      assertEquals("rule-denied", answer.problem());
      assertTrue(answer.body().contains("policy.rules.incident"));
      assertEquals(0, upstream.connections());
      assertEquals(List.of(), proxy.store().calls());
    }
  }

  @Test
  void floodOfQuestionsIsCapped() throws Exception {
    try (RecordingUpstream upstream = reading(2);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      proxy.obey(writes(Scope.CALL, Duration.ZERO));
      OpenTask task = proxy.open();
      for (int i = 10; i < 30; i++) {
        assertEquals(
            "approval-required", post(agent, upstream, task, String.valueOf(i)).answer().problem());
      }
      Answer answer = post(agent, upstream, task, "30").answer();
      assertEquals(429, answer.status());
      assertEquals("limit-exceeded", answer.problem());
      assertTrue(proxy.metrics().contains("leasehold_approvals_total{outcome=\"capped\"} 1.0"));
      assertTrue(proxy.metrics().contains("leasehold_approvals_pending 20.0"));
    }
  }

  @Test
  void tunnelIsRefusedWithAQuestionAndOpenedOnceAHumanAcceptsItUnseen() throws Exception {
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.send("hello");
                  assertEquals(-1, connection.read());
                });
        ProxyTester proxy =
            ProxyTester.setup().destination("raw", upstream.port(), to -> to.tunnel()).start();
        RawAgent first = proxy.agent();
        RawAgent second = proxy.agent();
        RawAgent third = proxy.agent()) {
      // Given
      proxy.obey(
          new PolicyRule(
              "policy.rules.tunnels",
              "",
              Optional.empty(),
              Effect.REQUIRE_APPROVAL,
              false,
              List.of(new Condition.OneOf(Fact.ACTION, Set.of("tunnel"))),
              Optional.of(new Asking(Optional.of("ops"), Scope.CALL, LONG, 1))));
      OpenTask task = proxy.open();
      String host = "127.0.0.1:" + upstream.port();
      String connect = "CONNECT " + host + " HTTP/1.1";

      // When
      Answer refused = first.connectAnswer(connect, "Host: " + host, task.line());
      Approval asked = pending(proxy);

      // Then
      assertEquals(403, refused.status());
      assertEquals("approval-required", refused.problem());
      assertTrue(refused.body().contains(asked.id()));
      assertEquals(0, upstream.connections());
      assertEquals(
          Optional.of(Approvals.Refusal.UNSEEN),
          proxy.approvals().answer(asked, ANNA, true, asked.digest(), false, "fine"));

      // When
      assertEquals(
          Optional.empty(),
          proxy.approvals().answer(asked, ANNA, true, asked.digest(), true, "fine"));

      // Then
      assertEquals(200, second.connectAnswer(connect, "Host: " + host, task.line()).status());
      assertEquals("hello", second.exactly(5));
      assertEquals(403, third.connectAnswer(connect, "Host: " + host, task.line()).status());
    }
  }
}
