package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.destination.Target;
import dev.leasehold.broker.proxy.ProxyTester.OpenTask;
import dev.leasehold.broker.proxy.RawAgent.Answer;
import dev.leasehold.broker.task.Endpoints;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.testing.FakeSecretStore.Call;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Local addresses that stand for a destination or a task. */
final class EndpointTest {
  private static final String SECRET = "s3cret-token-of-this-task";

  private RecordingUpstream upstream;
  private ProxyTester proxy;
  private int fixedPort;

  @BeforeEach
  void start() throws Exception {
    upstream = RecordingUpstream.greeting();
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      fixedPort = free.getLocalPort();
    }
    proxy =
        ProxyTester.setup()
            .credential("api", ProxyTester.bearer(), Map.of("token", SECRET))
            .destination("api", upstream.port(), to -> to.credential("api").base("/v1"))
            .destination("plain", upstream.port(), to -> to.endpoint("127.0.0.1:" + fixedPort))
            .destination("db", 5432, to -> to.target(Target.Scheme.POSTGRESQL, "db.internal", 5432))
            .start();
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
    upstream.close();
  }

  private InetSocketAddress open(OpenTask task, String name) throws IOException {
    String url = proxy.proxy().open(task.task(), List.of(name)).get(name);
    URI uri = URI.create(url);
    return new InetSocketAddress(InetAddress.ofLiteral(uri.getHost()), uri.getPort());
  }

  private static Answer ask(InetSocketAddress at, String... head) throws IOException {
    try (RawAgent agent = RawAgent.connect(at)) {
      return agent.head(head).answer();
    }
  }

  @Test
  void endpointOfATaskNeedsNoCredentialsAndPutsTheBasePathInFront() throws Exception {
    // Given
    InetSocketAddress at = open(proxy.open(), "api");

    // When
    Answer answer = ask(at, "GET /things?a=1 HTTP/1.1", "Host: 127.0.0.1:" + at.getPort());

    // Then
    assertEquals("hello", answer.body());
    assertTrue(upstream.seen().startsWith("GET /v1/things?a=1 HTTP/1.1\r\n"));
    assertTrue(upstream.seen().contains("authorization: Bearer " + SECRET));
  }

  @Test
  void localhostIsTheEndpointsOwnNameToo() throws Exception {
    // Given
    InetSocketAddress at = open(proxy.open(), "api");

    // When
    Answer answer = ask(at, "GET / HTTP/1.1", "Host: LocalHost:" + at.getPort());

    // Then
    assertEquals(200, answer.status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "evil.example:PORT", "127.0.0.1", "127.0.0.1:1", ""})
  void foreignHostIsRefused(String host) throws Exception {
    // Given
    InetSocketAddress at = open(proxy.open(), "api");

    // When
    Answer answer = ask(at, "GET / HTTP/1.1", "Host: " + host.replace("PORT", "" + at.getPort()));

    // Then
    assertEquals("target-mismatch", answer.problem());
    assertEquals(421, answer.status());
    assertEquals(0, upstream.connections());
    proxy.auditLine("\"cause\":\"target-mismatch\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: https://evil.example",
        "Origin: null",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site"
      })
  void webPageIsRefused(String field) throws Exception {
    // Given
    InetSocketAddress at = open(proxy.open(), "api");

    // When
    Answer answer = ask(at, "POST / HTTP/1.1", "Host: 127.0.0.1:" + at.getPort(), field);

    // Then
    assertEquals("forbidden", answer.problem());
    assertEquals(0, upstream.connections());
    assertEquals(0, proxy.store().count(Call.READ));
    proxy.auditLine("\"cause\":\"forbidden\"");
  }

  @Test
  void endpointIsNoProxy() throws Exception {
    // Given
    InetSocketAddress at = open(proxy.open(), "api");
    String host = "127.0.0.1:" + at.getPort();

    // When
    Answer answer = ask(at, "GET http://" + host + "/ HTTP/1.1", "Host: " + host);

    // Then
    assertEquals("invalid-request", answer.problem());
  }

  @Test
  void addressOfAnotherUsersTaskServesNobodyElse() throws Exception {
    // Given
    OpenTask foreign = proxy.openAs(ProxyTester.ownUid() + 1);
    InetSocketAddress endpoint = open(foreign, "api");
    InetSocketAddress port = open(foreign, Endpoints.PROXY);
    String target = "127.0.0.1:" + upstream.port();

    // When
    Answer first = ask(endpoint, "GET / HTTP/1.1", "Host: 127.0.0.1:" + endpoint.getPort());
    Answer second = ask(port, "GET http://" + target + "/ HTTP/1.1", "Host: " + target);

    // Then
    assertEquals("forbidden", first.problem());
    assertEquals("forbidden", second.problem());
    assertEquals(0, upstream.connections());
    assertEquals(0, proxy.store().count(Call.READ));
    proxy.auditLine("\"cause\":\"forbidden\"");
  }

  @Test
  void proxyPortOfATaskNeedsNoCredentials() throws Exception {
    // Given
    InetSocketAddress at = open(proxy.open(), Endpoints.PROXY);
    String target = "127.0.0.1:" + upstream.port();

    // When
    Answer answer = ask(at, "GET http://" + target + "/ HTTP/1.1", "Host: " + target);

    // Then
    assertEquals(200, answer.status());
  }

  @Test
  void addressesGoWithTheirTask() throws Exception {
    // Given
    OpenTask task = proxy.open();
    InetSocketAddress at = open(task, "api");

    // When
    proxy.ends().end(task.task(), Signal.COMPLETED, "done").toCompletableFuture().join();

    // Then
    ProxyTester.await(
        "the end of the address",
        () -> {
          try (RawAgent agent = RawAgent.connect(at)) {
            return agent.isClosedByPeer();
          } catch (IOException refused) {
            return true;
          }
        });
    assertThrows(IOException.class, () -> open(task, "api"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"db", "nothing"})
  void addressThatCannotBeServedIsNotOpened(String name) throws Exception {
    // Given
    OpenTask task = proxy.open();

    // When
    IOException refusal = assertThrows(IOException.class, () -> open(task, name));

    // Then
    assertTrue(String.valueOf(refusal.getMessage()).contains("destination"));
  }

  @Test
  void fixedEndpointAsksForTheTaskAndKeepsItsTokenFromTheTarget() throws Exception {
    // Given
    OpenTask task = proxy.open();
    InetSocketAddress at = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), fixedPort);
    String host = "Host: 127.0.0.1:" + fixedPort;

    // When
    Answer unnamed = ask(at, "GET / HTTP/1.1", host);
    Answer named = ask(at, "GET / HTTP/1.1", host, "Authorization: " + task.authorization());

    // Then
    assertEquals(401, unnamed.status());
    assertEquals("Basic realm=\"leasehold\"", unnamed.field("www-authenticate"));
    assertEquals(200, named.status());
    assertFalse(upstream.seen().contains("Basic"));
  }
}
