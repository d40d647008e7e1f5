package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.destination.Limits;
import dev.leasehold.broker.destination.Target;
import dev.leasehold.broker.proxy.ProxyTester.DestinationSketch;
import dev.leasehold.broker.proxy.ProxyTester.OpenTask;
import dev.leasehold.broker.proxy.RawAgent.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Targets that fail: the agent learns how, and no secret goes where it must not. */
final class UpstreamFailureTest {
  private static final String SECRET = "s3cret-token-of-this-task";

  @TempDir private Path folder;

  private static ProxyTester proxy(int port, UnaryOperator<DestinationSketch> sketch)
      throws IOException {
    return ProxyTester.setup()
        .credential("api", ProxyTester.bearer(), Map.of("token", SECRET))
        .destination("api", port, to -> sketch.apply(to.credential("api")))
        .start();
  }

  private static Answer get(ProxyTester proxy, String host) throws IOException {
    return get(proxy, host, proxy.open());
  }

  private static Answer get(ProxyTester proxy, String host, OpenTask task) throws IOException {
    try (RawAgent agent = proxy.agent()) {
      return agent.head("GET http://" + host + "/ HTTP/1.1", "Host: " + host, task.line()).answer();
    }
  }

  private static void assertProblem(int status, String problem, Answer answer, ProxyTester proxy)
      throws IOException {
    assertEquals(problem, answer.problem());
    assertEquals(status, answer.status());
    proxy.auditLine("\"cause\":\"" + problem + "\"");
    assertTrue(
        proxy.metrics().contains("leasehold_denials_total{problem=\"" + problem + "\"} 1.0"));
    assertFalse(answer.body().contains(SECRET));
  }

  @Test
  void refusedConnectionIsSaid() throws Exception {
    // Given
    int port;
    try (ServerSocket taken = new ServerSocket(0)) {
      port = taken.getLocalPort();
    }
    try (ProxyTester proxy = proxy(port, to -> to)) {

      // When
      Answer answer = get(proxy, "127.0.0.1:" + port);

      // Then
      assertProblem(502, "upstream-connect", answer, proxy);
    }
  }

  @Test
  void addressThatIsNotPublicIsNotDialledUnlessPermitted() throws Exception {
    // Given
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy = proxy(upstream.port(), DestinationSketch::publicAddressesOnly)) {

      // When
      Answer answer = get(proxy, "127.0.0.1:" + upstream.port());

      // Then
      assertProblem(403, "address-refused", answer, proxy);
      assertEquals(0, upstream.connections());
    }
  }

  @Test
  void proxyIsNoTargetOfItself() throws Exception {
    // Given
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    try (ProxyTester proxy =
        ProxyTester.setup()
            .destination("self", port, to -> to.endpoint("127.0.0.1:" + port))
            .start()) {

      // When
      Answer answer = get(proxy, "127.0.0.1:" + port);

      // Then
      assertProblem(403, "address-refused", answer, proxy);
    }
  }

  @Test
  void resetBeforeAnAnswerIsSaid() throws Exception {
    // Given
    try (RecordingUpstream upstream = RecordingUpstream.start(RecordingUpstream.Connection::head);
        ProxyTester proxy = proxy(upstream.port(), to -> to)) {

      // When
      Answer answer = get(proxy, "127.0.0.1:" + upstream.port());

      // Then
      assertProblem(502, "upstream-reset", answer, proxy);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX : y\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n"
      })
  void answerThatIsNoneIsSaid(String bytes) throws Exception {
    // Given
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send(bytes);
                });
        ProxyTester proxy = proxy(upstream.port(), to -> to)) {

      // When
      Answer answer = get(proxy, "127.0.0.1:" + upstream.port());

      // Then
      assertProblem(502, "upstream-reset", answer, proxy);
    }
  }

  @Test
  void answerThatBreaksOffBreaksOffForTheAgent() throws Exception {
    // Given
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab");
                });
        ProxyTester proxy = proxy(upstream.port(), to -> to)) {

      // When
      IOException failure =
          assertThrows(IOException.class, () -> get(proxy, "127.0.0.1:" + upstream.port()));

      // Then
      assertFalse(String.valueOf(failure.getMessage()).isEmpty());
      proxy.auditLine("\"status\":200", "\"cause\":\"upstream-reset\"");
    }
  }

  @Test
  void codedAnswerToACallWithASecretIsRefused() throws Exception {
    // Given
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send(
                      "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\nab");
                });
        ProxyTester proxy = proxy(upstream.port(), to -> to)) {

      // When
      Answer answer = get(proxy, "127.0.0.1:" + upstream.port());

      // Then
      assertProblem(502, "upstream-encoding", answer, proxy);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate"})
  void answerCodedAgainstOurWishIsDecoded(String coding) throws Exception {
    // Given
    ByteArrayOutputStream coded = new ByteArrayOutputStream();
    try (OutputStream coder =
        coding.equals("gzip") ? new GZIPOutputStream(coded) : new DeflaterOutputStream(coded)) {
      coder.write("hello hello hello".getBytes(StandardCharsets.US_ASCII));
    }
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send(
                      "HTTP/1.1 200 OK\r\nContent-Encoding: "
                          + coding
                          + "\r\nContent-Length: "
                          + coded.size()
                          + "\r\n\r\n"
                          + coded.toString(StandardCharsets.ISO_8859_1));
                });
        ProxyTester proxy = proxy(upstream.port(), to -> to)) {

      // When
      Answer answer = get(proxy, "127.0.0.1:" + upstream.port());

      // Then
      assertEquals("hello hello hello", answer.body());
      assertEquals("", answer.field("content-encoding"));
    }
  }

  @Test
  void answerThatIsNotCodedAsItSaysIsAProblemWhileNothingWasSent() throws Exception {
    // Given
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send(
                      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd");
                });
        ProxyTester proxy = proxy(upstream.port(), to -> to)) {

      // When
      Answer answer = get(proxy, "127.0.0.1:" + upstream.port());

      // Then
      assertProblem(502, "upstream-encoding", answer, proxy);
    }
  }

  @Test
  void answerWhoseCodingBreaksInTheMiddleBreaksOff() throws Exception {
    // Given
    byte[] noise = new byte[100_000];
    new Random(1).nextBytes(noise);
    ByteArrayOutputStream coded = new ByteArrayOutputStream();
    try (OutputStream coder = new GZIPOutputStream(coded)) {
      coder.write(noise);
    }
    String half =
        coded.toString(StandardCharsets.ISO_8859_1).substring(0, coded.size() / 2) + "x".repeat(99);
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send(
                      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
                          + half.length()
                          + "\r\n\r\n"
                          + half);
                });
        ProxyTester proxy = proxy(upstream.port(), to -> to)) {

      // When
      IOException failure =
          assertThrows(IOException.class, () -> get(proxy, "127.0.0.1:" + upstream.port()));

      // Then
      assertFalse(String.valueOf(failure.getMessage()).isEmpty());
      proxy.auditLine("\"status\":200", "\"cause\":\"upstream-encoding\"");
    }
  }

  @Test
  void silentTargetIsTooSlow() throws Exception {
    // Given
    Limits defaults = Limits.DEFAULT;
    Limits quick =
        new Limits(
            defaults.requestLine(),
            defaults.header(),
            defaults.headers(),
            OptionalLong.empty(),
            defaults.idle(),
            defaults.headerRead(),
            defaults.connect(),
            Duration.ofMillis(300),
            defaults.connections(),
            defaults.inFlight());
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.head();
                });
        ProxyTester proxy = proxy(upstream.port(), to -> to.limits(quick))) {

      // When
      Answer answer = get(proxy, "127.0.0.1:" + upstream.port());

      // Then
      assertProblem(504, "upstream-timeout", answer, proxy);
    }
  }

  @Test
  void connectionThatDiedWhileIdleIsReplacedUnnoticed() throws Exception {
    // Given
    AtomicInteger served = new AtomicInteger();
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  served.incrementAndGet();
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
                  if (served.get() == 1) {
                    connection.head(); // the second call comes, and finds the connection closing
                  }
                });
        ProxyTester proxy = proxy(upstream.port(), to -> to);
        RawAgent agent = proxy.agent()) {
      String host = "127.0.0.1:" + upstream.port();
      OpenTask task = proxy.open();
      String[] head = {"GET http://" + host + "/ HTTP/1.1", "Host: " + host, task.line()};

      // When
      Answer first = agent.head(head).answer();
      Answer second = agent.head(head).answer();

      // Then
      assertEquals(200, first.status());
      assertEquals(200, second.status());
      assertEquals(2, upstream.connections());
    }
  }

  @Test
  void callThatMustNotBeRepeatedIsNot() throws Exception {
    // Given
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
                  connection.head();
                });
        ProxyTester proxy = proxy(upstream.port(), to -> to);
        RawAgent agent = proxy.agent()) {
      String host = "127.0.0.1:" + upstream.port();
      OpenTask task = proxy.open();

      // When
      agent.head("GET http://" + host + "/ HTTP/1.1", "Host: " + host, task.line()).answer();
      Answer answer =
          agent.head("POST http://" + host + "/ HTTP/1.1", "Host: " + host, task.line()).answer();

      // Then
      assertEquals("upstream-reset", answer.problem());
      assertEquals(1, upstream.connections());
    }
  }

  @Test
  void plainCallRisesToVerifiedTlsAndTheAuditLineSaysSo() throws Exception {
    // Given
    TestCertificate certificate = TestCertificate.valid(folder, "localhost");
    try (RecordingUpstream upstream =
            RecordingUpstream.start(certificate.serverSockets(), RecordingUpstream::greet);
        ProxyTester proxy = tls(upstream, certificate)) {

      // When
      Answer answer = get(proxy, "localhost:" + upstream.port());

      // Then
      assertEquals("hello", answer.body());
      assertTrue(upstream.seen().contains("authorization: Bearer " + SECRET));
      proxy.auditLine("\"decision\":\"allow\"", "http-to-https");
    }
  }

  @Test
  void certificateOfAnotherNameGetsNoSecret() throws Exception {
    // Given
    TestCertificate certificate = TestCertificate.valid(folder, "other.example");
    assertNoSecretOver(certificate, certificate);
  }

  @Test
  void expiredCertificateGetsNoSecret() throws Exception {
    // Given
    TestCertificate certificate = TestCertificate.expired(folder, "localhost");
    assertNoSecretOver(certificate, certificate);
  }

  @Test
  void certificateOfAnUnknownIssuerGetsNoSecret() throws Exception {
    // Given
    assertNoSecretOver(
        TestCertificate.valid(folder, "localhost"), TestCertificate.valid(folder, "localhost"));
  }

  private static void assertNoSecretOver(TestCertificate shown, TestCertificate trusted)
      throws Exception {
    try (RecordingUpstream upstream =
            RecordingUpstream.start(shown.serverSockets(), RecordingUpstream::greet);
        ProxyTester proxy = tls(upstream, trusted)) {

      // When
      Answer answer = get(proxy, "localhost:" + upstream.port());

      // Then
      assertProblem(502, "upstream-tls", answer, proxy);
      assertEquals("", upstream.seen());
    }
  }

  private static ProxyTester tls(RecordingUpstream upstream, TestCertificate trusted)
      throws IOException {
    return proxy(
        upstream.port(),
        to -> to.target(Target.Scheme.HTTPS, "localhost", upstream.port()).ca(trusted.pem()));
  }

  @Test
  void storeThatIsDownIsSaidWithATimeToComeBack() throws Exception {
    // Given
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy = proxy(upstream.port(), to -> to)) {
      proxy.store().goDown();

      // When
      Answer answer = get(proxy, "127.0.0.1:" + upstream.port());

      // Then
      assertProblem(503, "vault-unavailable", answer, proxy);
      assertFalse(answer.field("retry-after").isEmpty());
      assertEquals(0, upstream.connections());
    }
  }

  @Test
  void callThatCannotBeWrittenDownIsNotMade() throws Exception {
    // Given
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy = proxy(upstream.port(), to -> to)) {
      OpenTask task = proxy.open();
      proxy.audit().close();

      // When
      Answer answer = get(proxy, "127.0.0.1:" + upstream.port(), task);

      // Then
      assertEquals("audit-unavailable", answer.problem());
      assertEquals(503, answer.status());
      assertEquals("", upstream.seen());
    }
  }
}
