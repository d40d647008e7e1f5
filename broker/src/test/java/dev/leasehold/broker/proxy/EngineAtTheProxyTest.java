package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.approval.Approval;
import dev.leasehold.broker.approval.Approver;
import dev.leasehold.broker.engine.EngineConfig;
import dev.leasehold.broker.engine.EngineConfig.Sort;
import dev.leasehold.broker.proxy.ProxyTester.OpenTask;
import dev.leasehold.broker.proxy.RawAgent.Answer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Policy engines are asked about real calls, and whatever they do but agree denies. */
final class EngineAtTheProxyTest {
  private static final String SECRET = "s3cret-token-of-this-task";
  private static final Duration PATIENT = Duration.ofSeconds(10);

  private static ProxyTester proxy(RecordingUpstream upstream) throws IOException {
    return ProxyTester.setup()
        .credential("api", ProxyTester.bearer(), Map.of("token", SECRET))
        .destination("api", upstream.port(), to -> to.credential("api"))
        .start();
  }

  /** An engine that answers every question with the whole response that is set. */
  private static RecordingUpstream engine(AtomicReference<String> response) throws IOException {
    return RecordingUpstream.start(
        connection -> {
          for (String head = connection.head(); !head.isEmpty(); head = connection.head()) {
            connection.body(length(head));
            connection.send(response.get());
          }
        });
  }

  private static int length(String head) {
    for (String line : head.split("\r\n", -1)) {
      if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
        return Integer.parseInt(line.substring(15).strip());
      }
    }
    return 0;
  }

  private static String ok(String json) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + json.length() + "\r\n\r\n" + json;
  }

  private static EngineConfig opa(int port, Duration timeout) {
    return new EngineConfig.Asked(
        "opa",
        Sort.OPA,
        URI.create("http://127.0.0.1:" + port + "/v1/data/leasehold"),
        timeout,
        Set.of(),
        Duration.ZERO);
  }

  private static EngineConfig authzen(int port) {
    URI url = URI.create("http://127.0.0.1:" + port + "/access/v1/evaluation");
    return new EngineConfig.Asked("authzen", Sort.AUTHZEN, url, PATIENT, Set.of(), Duration.ZERO);
  }

  private static Answer get(RawAgent agent, RecordingUpstream upstream, OpenTask task)
      throws IOException {
    String host = "127.0.0.1:" + upstream.port();
    return agent
        .head(
            "GET http://" + host + "/orders?key=hidden HTTP/1.1",
            "Host: " + host,
            "X-Header: hidden",
            task.line())
        .answer();
  }

  @Test
  void callIsMadeOnlyIfEveryEngineAgrees() throws Exception {
    AtomicReference<String> says =
        new AtomicReference<>(ok("{\"result\":true,\"decision_id\":\"d-1\"}"));
    AtomicReference<String> other = new AtomicReference<>(ok("{\"decision\":true}"));
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        RecordingUpstream opa = engine(says);
        RecordingUpstream pdp = engine(other);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      // Given
      proxy.ask(List.of(opa(opa.port(), PATIENT), authzen(pdp.port())));
      OpenTask task = proxy.open();

      // Then
      assertEquals(200, get(agent, upstream, task).status());
      proxy.auditLine("\"decision\":\"allow\"", "\"engine_decisions\":\"opa:d-1\"");
      String asked = opa.seen() + pdp.seen();
      assertTrue(asked.contains("\"path\":\"/orders\""), asked);
      assertTrue(asked.contains("\"type\":\"destination\",\"id\":\"api\""), asked);
      assertFalse(asked.contains("hidden"));

      // When
      other.set(ok("{\"decision\":false,\"context\":{\"id\":\"d-2\",\"reason\":\"no-reads\"}}"));
      int leased = proxy.store().calls().size();
      Answer denied = get(agent, upstream, task);

      // Then
      assertEquals(403, denied.status());
      assertEquals("rule-denied", denied.problem());
      assertTrue(denied.body().contains("\"rule\":\"policy.engines.authzen.no-reads\""));
      assertEquals(leased, proxy.store().calls().size());
      proxy.auditLine("\"decision\":\"deny\"", "\"engine_decisions\":\"opa:d-1,authzen:d-2\"");
      assertTrue(
          proxy
              .metrics()
              .contains(
                  "leasehold_policy_engine_requests_total{engine=\"authzen\",outcome=\"deny\"}"
                      + " 1.0"));
    }
  }

  @Test
  void demandThatNobodyKnowsHowToMeetDenies() throws Exception {
    AtomicReference<String> says =
        new AtomicReference<>(ok("{\"result\":{\"allow\":true,\"obligations\":[\"two-keys\"]}}"));
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        RecordingUpstream opa = engine(says);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      proxy.ask(List.of(opa(opa.port(), PATIENT)));
      OpenTask task = proxy.open();
      Answer denied = get(agent, upstream, task);
      assertEquals(403, denied.status());
      assertTrue(denied.body().contains("policy.engines.opa.unknown-obligation"));
      says.set(ok("{\"result\":{\"allow\":true,\"obligations\":[]}}"));
      assertEquals(200, get(agent, upstream, task).status());
    }
  }

  private static String obliged(String obligation) {
    return ok("{\"result\":{\"allow\":true,\"obligations\":[\"" + obligation + "\"]}}");
  }

  @Test
  void secretInAnAnswerIsCutWhereAnEngineWantsThat() throws Exception {
    AtomicReference<String> says = new AtomicReference<>(ok("{\"result\":true}"));
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  while (!connection.head().isEmpty()) {
                    connection.send(ok(SECRET));
                  }
                });
        RecordingUpstream opa = engine(says);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      proxy.ask(List.of(opa(opa.port(), PATIENT)));
      OpenTask task = proxy.open();
      assertEquals(200, get(agent, upstream, task).status());
      says.set(obliged("cut"));
      assertEquals("secret-in-response", get(agent, upstream, task).problem());
    }
  }

  @Test
  void callThatLastsLongerThanAnEngineAllowsIsCut() throws Exception {
    AtomicReference<String> says = new AtomicReference<>(obliged("life=1s"));
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst");
                  assertEquals(-1, connection.read());
                });
        RecordingUpstream opa = engine(says);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      proxy.ask(List.of(opa(opa.port(), PATIENT)));
      OpenTask task = proxy.open();
      String host = "127.0.0.1:" + upstream.port();
      agent.head("GET http://" + host + "/orders HTTP/1.1", "Host: " + host, task.line());
      agent.readHead();
      assertEquals("first", agent.exactly(5));
      assertTrue(agent.isClosedByPeer());
      proxy.auditLine("\"type\":\"call.finished\"", "\"cause\":\"rule-denied\"");
    }
  }

  @Test
  void humanIsAskedWhereAnEngineWantsThatAndTheCallIsMadeOnce() throws Exception {
    AtomicReference<String> says = new AtomicReference<>(obliged("require-approval=ops"));
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        RecordingUpstream opa = engine(says);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      // Given
      proxy.ask(List.of(opa(opa.port(), PATIENT)));
      OpenTask task = proxy.open();
      String host = "127.0.0.1:" + upstream.port();
      agent.head("GET http://" + host + "/orders HTTP/1.1", "Host: " + host, task.line());
      ProxyTester.await("a question", () -> !proxy.approvals().open().isEmpty());
      Approval asked = proxy.approvals().open().getFirst();
      assertEquals("policy.engines.opa", asked.rule().place());
      assertEquals(0, upstream.connections());

      // When
      agree(proxy, asked);

      // Then
      assertEquals(200, agent.answer().status());
      proxy.auditLine("\"decision\":\"allow\"", "\"approval\":\"" + asked.id() + "\"");
    }
  }

  private static void agree(ProxyTester proxy, Approval asked) {
    Approver anna = new Approver("uid:2001", Set.of("ops"), Optional.empty());
    assertEquals(
        Optional.empty(),
        proxy.approvals().answer(asked, anna, true, asked.digest(), false, "fine"));
  }

  @Test
  void callThatWasHeldIsPutToTheEnginesOfNow() throws Exception {
    AtomicReference<String> before = new AtomicReference<>(obliged("require-approval=ops"));
    AtomicReference<String> after = new AtomicReference<>(ok("{\"result\":false}"));
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        RecordingUpstream opa = engine(before);
        RecordingUpstream stricter = engine(after);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      // Given
      proxy.ask(List.of(opa(opa.port(), PATIENT)));
      OpenTask task = proxy.open();
      String host = "127.0.0.1:" + upstream.port();
      agent.head("GET http://" + host + "/orders HTTP/1.1", "Host: " + host, task.line());
      ProxyTester.await("a question", () -> !proxy.approvals().open().isEmpty());

      // When
      proxy.ask(List.of(opa(stricter.port(), PATIENT)));
      agree(proxy, proxy.approvals().open().getFirst());

      // Then
      assertEquals("rule-denied", agent.answer().problem());
      assertEquals(0, upstream.connections());
      assertEquals(List.of(), proxy.store().calls());
    }
  }

  static Stream<Arguments> faults() {
    String huge = "x".repeat(1 << 20);
    return Stream.of(
        Arguments.of("undefined", ok("{}")),
        Arguments.of("nonsense", ok("yes, of course")),
        Arguments.of("neither true nor false", ok("{\"result\":\"true\"}")),
        Arguments.of("an error", "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"),
        Arguments.of(
            "a redirect",
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
        Arguments.of(
            "100 MB",
            "HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n{\"result\":true," + huge),
        Arguments.of("no HTTP", "220 mail.example ESMTP\r\n"),
        Arguments.of("no answer", ""));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void engineThatDoesNotSayClearlyDeniesAndNothingIsLeased(String what, String response)
      throws Exception {
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        RecordingUpstream opa = engine(new AtomicReference<>(response));
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      Duration timeout = response.isEmpty() ? Duration.ofMillis(50) : PATIENT;
      proxy.ask(List.of(opa(opa.port(), timeout)));
      Answer denied = get(agent, upstream, proxy.open());
      assertEquals(503, denied.status(), what);
      assertEquals("policy-unavailable", denied.problem());
      assertEquals("1", denied.field("retry-after"));
      assertEquals(0, upstream.connections());
      assertEquals(List.of(), proxy.store().calls());
      proxy.auditLine("\"cause\":\"policy-unavailable\"", "\"rule\":\"policy.engines.opa\"");
      assertTrue(
          proxy
              .metrics()
              .contains(
                  "leasehold_policy_engine_requests_total{engine=\"opa\",outcome=\"failed\"} 1.0"));
    }
  }

  @Test
  void engineThatIsNotThereDenies() throws Exception {
    int port;
    try (RecordingUpstream gone = RecordingUpstream.greeting()) {
      port = gone.port();
    }
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      proxy.ask(List.of(opa(port, PATIENT)));
      assertEquals("policy-unavailable", get(agent, upstream, proxy.open()).problem());
      assertEquals(0, upstream.connections());
    }
  }

  @Test
  void answerThatIsStillComingIsCutWhenAnEngineChangesItsMind() throws Exception {
    AtomicReference<String> says = new AtomicReference<>(ok("{\"result\":true}"));
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst");
                  assertEquals(-1, connection.read());
                });
        RecordingUpstream opa = engine(says);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      proxy.ask(List.of(opa(opa.port(), PATIENT)));
      OpenTask task = proxy.open();
      String host = "127.0.0.1:" + upstream.port();
      agent.head("GET http://" + host + "/orders HTTP/1.1", "Host: " + host, task.line());
      agent.readHead();
      assertEquals("first", agent.exactly(5));
      says.set(ok("{\"result\":false}"));
      assertTrue(agent.isClosedByPeer());
      proxy.auditLine("\"type\":\"call.finished\"", "\"cause\":\"rule-denied\"");
    }
  }

  @Test
  void tunnelIsOpenedOnlyIfTheEngineAgrees() throws Exception {
    AtomicReference<String> says = new AtomicReference<>(ok("{\"result\":false}"));
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.send("hello");
                  assertEquals(-1, connection.read());
                });
        RecordingUpstream opa = engine(says);
        ProxyTester proxy =
            ProxyTester.setup().destination("raw", upstream.port(), to -> to.tunnel()).start();
        RawAgent agent = proxy.agent();
        RawAgent second = proxy.agent()) {
      proxy.ask(List.of(opa(opa.port(), PATIENT)));
      OpenTask task = proxy.open();
      String host = "127.0.0.1:" + upstream.port();
      String connect = "CONNECT " + host + " HTTP/1.1";
      assertEquals(403, agent.connectAnswer(connect, "Host: " + host, task.line()).status());
      assertEquals(0, upstream.connections());
      says.set(ok("{\"result\":true}"));
      assertEquals(200, second.connectAnswer(connect, "Host: " + host, task.line()).status());
      assertEquals("hello", second.exactly(5));
    }
  }
}
