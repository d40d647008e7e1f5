package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.destination.Target.Scheme;
import dev.leasehold.broker.proxy.ProxyTester.OpenTask;
import dev.leasehold.broker.proxy.RawAgent.Answer;
import dev.leasehold.broker.task.Endpoints;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.testing.FakeSecretStore.Call;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CONNECT, and what comes inside. */
final class TunnelTest {
  private static final String SECRET = "s3cret-token-of-this-task";

  @TempDir static Path folder;
  private static TestCertificate certificate;

  @BeforeAll
  static void certify() throws IOException {
    certificate = TestCertificate.valid(folder, "localhost");
  }

  private RecordingUpstream upstream() throws Exception {
    return RecordingUpstream.start(certificate.serverSockets(), RecordingUpstream::greet);
  }

  private ProxyTester proxy(RecordingUpstream upstream) throws IOException {
    return ProxyTester.setup()
        .credential("api", ProxyTester.bearer(), Map.of("token", SECRET))
        .destination(
            "api",
            upstream.port(),
            to ->
                to.target(Scheme.HTTPS, "localhost", upstream.port())
                    .ca(certificate.pem())
                    .credential("api"))
        .destination("other", 9, to -> to.target(Scheme.HTTPS, "other.test", 9443))
        .start();
  }

  @Test
  void httpsCallThroughATunnelCarriesTheLeasedSecret() throws Exception {
    // Given
    try (RecordingUpstream upstream = upstream();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();
      String host = "localhost:" + upstream.port();

      // When
      RawAgent inside = agent.tunnel(host, "localhost", task.line());
      Answer first = inside.head("GET /things?a=1 HTTP/1.1", "Host: " + host).answer();
      Answer second =
          inside
              .head(
                  "GET /more HTTP/1.1",
                  "Host: " + host,
                  task.line(),
                  "Authorization: Bearer of-the-agent")
              .answer();

      // Then
      assertEquals(List.of(200, 200), List.of(first.status(), second.status()));
      assertEquals("hello", second.body());
      assertTrue(upstream.seen().startsWith("GET /things?a=1 HTTP/1.1\r\nhost: " + host + "\r\n"));
      assertTrue(upstream.seen().contains("authorization: Bearer " + SECRET + "\r\n"));
      assertFalse(upstream.seen().contains("of-the-agent"));
      assertFalse(upstream.seen().contains("roxy-Authorization"));
      assertEquals(1, upstream.connections());
      assertEquals(1, proxy.store().count(Call.READ));
      proxy.auditLine("\"decision\":\"allow\"", "\"destination\":\"api\"", "/things");
    }
  }

  @Test
  void certificateShownIsForTheHostThatConnectNamed() throws Exception {
    try (RecordingUpstream upstream = upstream();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      RawAgent inside =
          agent.tunnel("localhost:" + upstream.port(), "localhost", proxy.open().line());
      assertEquals(
          List.of(List.of(2, "localhost")),
          List.copyOf(inside.peer().getSubjectAlternativeNames()));
    }
  }

  @Test
  void plainHttpInsideATunnelRisesToTheTargetsTls() throws Exception {
    // Given
    try (RecordingUpstream upstream = upstream();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();

      // When: as Node's fetch does for http://localhost/
      Answer tunnel =
          agent.connectAnswer("CONNECT localhost:80 HTTP/1.1", "Host: localhost:80", task.line());
      Answer answer = agent.head("GET /plain HTTP/1.1", "Host: localhost").answer();

      // Then
      assertEquals(200, tunnel.status());
      assertEquals(200, answer.status());
      assertTrue(upstream.seen().startsWith("GET /plain HTTP/1.1\r\n"));
    }
  }

  @Test
  void connectOfHttp10WithoutHostIsServed() throws Exception {
    try (RecordingUpstream upstream = upstream();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      String host = "localhost:" + upstream.port();
      assertEquals(
          200, agent.connectAnswer("CONNECT " + host + " HTTP/1.0", proxy.open().line()).status());
      assertEquals(
          200, agent.tls("localhost").head("GET / HTTP/1.1", "Host: " + host).answer().status());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "nowhere.test:443",
    "localhost:1",
    "localhost:22",
    "[0:0:0:0:0:0:0:1]:443",
    "127.0.0.1:443"
  })
  void placeThatNoDestinationHasIsRefusedWithoutATunnel(String authority) throws Exception {
    // Given
    try (RecordingUpstream upstream = upstream();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();

      // When
      Answer answer =
          agent.connectAnswer(
              "CONNECT " + authority + " HTTP/1.1", "Host: " + authority, task.line());

      // Then
      assertEquals(403, answer.status());
      assertTrue(answer.head().startsWith("HTTP/1.1 403 destination-not-allowed\r\n"));
      assertEquals("destination-not-allowed", answer.problem());
      assertTrue(agent.isClosedByPeer());
      proxy.auditLine("\"method\":\"CONNECT\"", "\"path\":\"" + authority + "\"");
    }
  }

  @Test
  void hostThatThisTaskMayNotCallIsRefusedInsideWhereTheAgentCanRead() throws Exception {
    // Given
    try (RecordingUpstream upstream = upstream();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open("other");
      String host = "localhost:" + upstream.port();

      // When
      RawAgent inside = agent.tunnel(host, "localhost", task.line());
      Answer answer = inside.head("GET / HTTP/1.1", "Host: " + host).answer();

      // Then
      assertEquals(403, answer.status());
      assertEquals("destination-not-allowed", answer.problem());
      assertEquals(0, upstream.connections());
      proxy.auditLine("\"decision\":\"deny\"", "\"cause\":\"destination-not-allowed\"");
    }
  }

  @Test
  void endedTaskIsToldSoInsideTheTunnel() throws Exception {
    try (RecordingUpstream upstream = upstream();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();
      String host = "localhost:" + upstream.port();
      RawAgent inside = agent.tunnel(host, "localhost", task.line());
      proxy.ends().end(task.task(), Signal.COMPLETED, "").toCompletableFuture().join();
      Answer answer = inside.head("GET / HTTP/1.1", "Host: " + host).answer();
      assertEquals("task-ended", answer.problem());
      assertEquals(0, upstream.connections());
    }
  }

  @ParameterizedTest
  @CsvSource({
    // SNI, Host, target; P is the upstream's port
    "other.test, localhost:P, /",
    "localhost, other.test, /",
    "localhost, other.test:P, /",
    "localhost, localhost, /",
    "localhost, localhost:443, /",
    "localhost, localhost., /",
    "localhost, localhost:P, https://other.test/",
    "localhost, localhost:P, https://localhost/",
    "localhost, localhost:P, http://localhost:P/",
    "localhost, other.test, https://localhost:P/",
    "other.test, other.test, https://other.test/",
  })
  void namesThatDisagreeAreMisdirectedAndNeverReachUpstream(String sni, String host, String target)
      throws Exception {
    // Given
    try (RecordingUpstream upstream = upstream();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      String port = String.valueOf(upstream.port());
      OpenTask task = proxy.open();

      // When
      RawAgent inside = agent.tunnel("localhost:" + port, sni, task.line());
      Answer answer =
          inside
              .head(
                  "GET " + target.replace("P", port) + " HTTP/1.1",
                  "Host: " + host.replace("P", port))
              .answer();

      // Then
      assertEquals(421, answer.status());
      assertEquals("target-mismatch", answer.problem());
      assertTrue(inside.isClosedByPeer());
      assertEquals(0, upstream.connections());
      assertEquals(0, proxy.store().count(Call.READ));
      proxy.auditLine("\"cause\":\"target-mismatch\"");
    }
  }

  @Test
  void wholeUrlThatAgreesIsServed() throws Exception {
    try (RecordingUpstream upstream = upstream();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      String host = "localhost:" + upstream.port();
      RawAgent inside = agent.tunnel(host, "", proxy.open().line());
      assertEquals(
          200,
          inside
              .head("GET https://" + host + "/whole HTTP/1.1", "Host: " + host)
              .answer()
              .status());
      assertTrue(upstream.seen().startsWith("GET /whole HTTP/1.1\r\n"));
    }
  }

  @Test
  void bytesBeforeTheTunnelIsOpenCloseIt() throws Exception {
    try (RecordingUpstream upstream = upstream();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      String host = "localhost:" + upstream.port();
      Answer answer =
          agent
              .send(
                  "CONNECT %s HTTP/1.1\r\nHost: %s\r\n%s\r\n\r\nGET / HTTP/1.1\r\n"
                      .formatted(host, host, proxy.open().line()))
              .connectAnswer();
      assertEquals(400, answer.status());
      assertEquals("ambiguous-request", answer.problem());
      assertTrue(agent.isClosedByPeer());
      assertEquals(0, upstream.connections());
    }
  }

  @Test
  void connectWithoutATaskIsAskedForOne() throws Exception {
    try (RecordingUpstream upstream = upstream();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      String host = "localhost:" + upstream.port();
      Answer answer = agent.connectAnswer("CONNECT " + host + " HTTP/1.1", "Host: " + host);
      assertEquals(407, answer.status());
      assertEquals("Basic realm=\"leasehold\"", answer.field("proxy-authenticate"));
    }
  }

  @Test
  void portOfOneTaskNeedsNoCredentialsInATunnelEither() throws Exception {
    try (RecordingUpstream upstream = upstream();
        ProxyTester proxy = proxy(upstream)) {
      OpenTask task = proxy.open();
      URI url = URI.create(proxy.proxy().open(task.task(), List.of(Endpoints.PROXY)).get("proxy"));
      String host = "localhost:" + upstream.port();
      try (RawAgent agent =
          RawAgent.connect(
              new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), url.getPort()))) {
        RawAgent inside = agent.tunnel(host, "localhost");
        assertEquals(200, inside.head("GET / HTTP/1.1", "Host: " + host).answer().status());
      }
    }
  }

  @Test
  void clientThatSpeaksHttp2AnywayIsToldInWordsItsPeopleCanRead() throws Exception {
    try (RecordingUpstream upstream = upstream();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      RawAgent inside =
          agent.tunnel("localhost:" + upstream.port(), "localhost", proxy.open().line());
      Answer answer = inside.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").answer();
      assertEquals(400, answer.status());
      assertEquals("invalid-request", answer.problem());
      assertTrue(answer.body().contains("HTTP/1.1"));
    }
  }

  @Test
  void tunnelInATunnelIsRefused() throws Exception {
    try (RecordingUpstream upstream = upstream();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      String host = "localhost:" + upstream.port();
      RawAgent inside = agent.tunnel(host, "localhost", proxy.open().line());
      Answer answer = inside.connectAnswer("CONNECT " + host + " HTTP/1.1", "Host: " + host);
      assertEquals(501, answer.status());
      assertEquals("connect-unsupported", answer.problem());
    }
  }

  @Test
  void whatIsNoTlsAfterAllIsClosed() throws Exception {
    try (RecordingUpstream upstream = upstream();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      String host = "localhost:" + upstream.port();
      agent.connectAnswer("CONNECT " + host + " HTTP/1.1", "Host: " + host, proxy.open().line());
      String alert = agent.send("\u0016\u0003\u0001\u0000\u0005hello").rest();
      assertTrue(alert.isEmpty() || alert.startsWith("\u0015"), "nothing but a TLS alert");
      assertEquals(0, upstream.connections());
    }
  }
}
