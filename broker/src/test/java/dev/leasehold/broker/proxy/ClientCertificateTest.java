package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.destination.Target.Scheme;
import dev.leasehold.broker.inject.Injection;
import dev.leasehold.broker.inject.Template;
import dev.leasehold.broker.proxy.ProxyTester.DestinationSketch;
import dev.leasehold.broker.proxy.ProxyTester.OpenTask;
import dev.leasehold.broker.proxy.RawAgent.Answer;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.upstream.ClientCertificate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Targets that ask who the connection is. */
final class ClientCertificateTest {
  private static final Injection MTLS =
      new Injection.Mtls(Template.parse("{certificate}"), Template.parse("{private_key}"));

  private static TestCertificate server;
  private static TestCertificate client;
  private static TestCertificate other;

  @BeforeAll
  static void make(@TempDir Path folder) throws IOException {
    server = TestCertificate.valid(folder, "localhost");
    client = TestCertificate.valid(folder, "client.example");
    other = TestCertificate.valid(folder, "other.example");
  }

  /** Serves only {@link #client}, and says whom it serves. */
  private static RecordingUpstream demanding() throws Exception {
    return RecordingUpstream.start(
        server.serverSocketsFor(client),
        connection -> {
          while (!connection.head().isEmpty()) {
            String name =
                ((SSLSocket) connection.socket()).getSession().getPeerPrincipal().getName();
            connection.send(
                "HTTP/1.1 200 OK\r\nContent-Length: " + name.length() + "\r\n\r\n" + name);
          }
        });
  }

  private static DestinationSketch https(DestinationSketch to, RecordingUpstream upstream) {
    return to.target(Scheme.HTTPS, "localhost", upstream.port()).ca(server.pem());
  }

  private static ProxyTester leasing(RecordingUpstream upstream, String certificate, String key)
      throws IOException {
    return ProxyTester.setup()
        .credential("id", MTLS, Map.of("certificate", certificate, "private_key", key))
        .destination("api", upstream.port(), to -> https(to, upstream).credential("id"))
        .start();
  }

  private static Answer get(ProxyTester proxy, RecordingUpstream upstream, OpenTask task)
      throws IOException {
    String host = "localhost:" + upstream.port();
    try (RawAgent agent = proxy.agent()) {
      return agent.head("GET http://" + host + "/ HTTP/1.1", "Host: " + host, task.line()).answer();
    }
  }

  private static String subject(TestCertificate of) throws Exception {
    return of.certificate().getSubjectX500Principal().getName();
  }

  @Test
  void leasedCertificateIsShownAndNothingOfItIsInTheMessage() throws Exception {
    // Given
    try (RecordingUpstream upstream = demanding();
        ProxyTester proxy = leasing(upstream, client.certificatePem(), client.keyPem())) {

      // When
      Answer answer = get(proxy, upstream, proxy.open());

      // Then
      assertEquals(subject(client), answer.body());
      assertFalse(upstream.seen().contains("PRIVATE"));
      assertFalse(upstream.seen().contains("authorization"));
      proxy.auditLine("call.decided", "\"credential\":\"id\"", "\"lease\":");
    }
  }

  @Test
  void connectionServesTheCallsOfItsTaskAndNoOthersAndEndsWithIt() throws Exception {
    // Given
    try (RecordingUpstream upstream = demanding();
        ProxyTester proxy = leasing(upstream, client.certificatePem(), client.keyPem())) {
      OpenTask one = proxy.open();
      OpenTask two = proxy.open();
      String host = "localhost:" + upstream.port();

      // When
      try (RawAgent agent = proxy.agent()) {
        for (OpenTask task : List.of(one, one, two, one)) {
          agent.head("GET http://" + host + "/ HTTP/1.1", "Host: " + host, task.line()).answer();
        }
      }

      // Then
      assertEquals(2, upstream.connections());
      proxy.ends().end(one.task(), Signal.COMPLETED, "").toCompletableFuture().join();
      assertEquals("task-ended", get(proxy, upstream, one).problem());
      assertEquals(200, get(proxy, upstream, two).status());
    }
  }

  private static void assertUnusable(String certificate, String key, String why) throws Exception {
    try (RecordingUpstream upstream = demanding();
        ProxyTester proxy = leasing(upstream, certificate, key)) {
      Answer answer = get(proxy, upstream, proxy.open());
      assertEquals("credential-invalid", answer.problem());
      assertEquals(502, answer.status());
      assertTrue(answer.body().contains(why), answer.body());
      assertFalse(answer.body().contains(key.substring(40, 60)), "the key is told");
      assertEquals("", upstream.seen());
      proxy.auditLine("\"cause\":\"credential-invalid\"");
    }
  }

  @Test
  void keyOfAnotherCertificateIsNotUsed() throws Exception {
    assertUnusable(client.certificatePem(), other.keyPem(), "is not the certificate's");
  }

  @Test
  void keyThatIsNotPkcs8IsNotUsed() throws Exception {
    assertUnusable(
        client.certificatePem(),
        client.keyPem().replace("PRIVATE KEY", "EC PRIVATE KEY"),
        "private_key_format: pkcs8");
  }

  @Test
  void textThatIsNoCertificateIsNotUsed() throws Exception {
    assertUnusable("no certificate at all", client.keyPem(), "certificate");
  }

  @Test
  void expiredCertificateIsNotUsed(@TempDir Path folder) throws Exception {
    TestCertificate expired = TestCertificate.expired(folder, "client.example");
    assertUnusable(expired.certificatePem(), expired.keyPem(), "cannot be used");
  }

  @Test
  void whoShowsNothingOrAnotherCertificateLearnsWhy() throws Exception {
    // Given
    try (RecordingUpstream upstream = demanding();
        ProxyTester nothing =
            ProxyTester.setup()
                .destination("api", upstream.port(), to -> https(to, upstream))
                .start();
        ProxyTester another = leasing(upstream, other.certificatePem(), other.keyPem())) {

      // Then
      for (ProxyTester proxy : List.of(nothing, another)) {
        Answer answer = get(proxy, upstream, proxy.open());
        assertEquals("upstream-tls", answer.problem(), answer.body());
        assertTrue(answer.body().contains("certificate"), answer.body());
      }
      assertEquals("", upstream.seen());
    }
  }

  @Test
  void svidIsShownWhereTheDestinationSaysSo() throws Exception {
    // Given
    try (RecordingUpstream upstream = demanding();
        ProxyTester proxy =
            ProxyTester.setup()
                .svid(new ClientCertificate(client.key(), List.of(client.certificate())))
                .destination("api", upstream.port(), to -> https(to, upstream).showsSvid())
                .start()) {

      // Then
      assertEquals(subject(client), get(proxy, upstream, proxy.open()).body());
    }
  }

  @Test
  void withoutAnSvidNothingIsDialled() throws Exception {
    // Given
    try (RecordingUpstream upstream = demanding();
        ProxyTester proxy =
            ProxyTester.setup()
                .destination("api", upstream.port(), to -> https(to, upstream).showsSvid())
                .start()) {

      // When
      Answer answer = get(proxy, upstream, proxy.open());

      // Then
      assertEquals("identity-unavailable", answer.problem());
      assertEquals(0, upstream.connections());
    }
  }
}
