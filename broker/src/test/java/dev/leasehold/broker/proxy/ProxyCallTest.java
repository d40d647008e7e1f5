package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.proxy.ProxyTester.OpenTask;
import dev.leasehold.broker.proxy.RawAgent.Answer;
import dev.leasehold.broker.testing.FakeSecretStore.Call;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One call from its first byte to its audit lines. */
final class ProxyCallTest {
  private static final String SECRET = "s3cret-token-of-this-task";

  @Test
  void allowedCallCarriesTheLeasedSecretAndNotTheAgentsOwn() throws Exception {
    // Given
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy =
            ProxyTester.setup()
                .credential("api", ProxyTester.bearer(), Map.of("token", SECRET))
                .destination("api", upstream.port(), to -> to.credential("api"))
                .start();
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();
      String host = "127.0.0.1:" + upstream.port();

      // When
      Answer answer =
          agent
              .head(
                  "GET http://" + host + "/things?a=1 HTTP/1.1",
                  "Host: " + host,
                  "Authorization: Bearer of-the-agent",
                  task.line())
              .answer();

      // Then
      assertEquals(200, answer.status());
      assertEquals("hello", answer.body());
      assertTrue(upstream.seen().startsWith("GET /things?a=1 HTTP/1.1\r\nhost: " + host + "\r\n"));
      assertTrue(upstream.seen().contains("authorization: Bearer " + SECRET + "\r\n"));
      assertFalse(upstream.seen().contains("of-the-agent"));
      assertFalse(upstream.seen().contains("roxy-Authorization"));
      String decided = proxy.auditLine("\"decision\":\"allow\"", "\"destination\":\"api\"");
      assertFalse(decided.contains(SECRET));
      proxy.auditLine("\"status\":200", "\"bytes_out\":5");
      assertTrue(
          proxy
              .metrics()
              .contains(
                  "leasehold_requests_total{code_class=\"2xx\",decision=\"allow\",destination=\"api\"}"
                      + " 1.0"));
    }
  }

  @Test
  void connectionGoesOnAfterACallAndTheSecretIsFetchedOnce() throws Exception {
    // Given
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy =
            ProxyTester.setup()
                .credential("api", ProxyTester.bearer(), Map.of("token", SECRET))
                .destination("api", upstream.port(), to -> to.credential("api"))
                .start();
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();
      String host = "127.0.0.1:" + upstream.port();

      // When
      for (int i = 0; i < 20; i++) {
        Answer answer =
            agent
                .head("GET http://" + host + "/" + i + " HTTP/1.1", "Host: " + host, task.line())
                .answer();
        assertEquals(200, answer.status());
      }

      // Then
      assertEquals(1, upstream.connections());
      assertEquals(1, proxy.store().count(Call.READ));
    }
  }

  @Test
  void callWithoutATaskIsAskedForOneAndNeverReachesUpstream() throws Exception {
    // Given
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy = ProxyTester.setup().destination("api", upstream.port()).start();
        RawAgent agent = proxy.agent()) {
      String host = "127.0.0.1:" + upstream.port();

      // When
      Answer answer = agent.head("GET http://" + host + "/ HTTP/1.1", "Host: " + host).answer();

      // Then
      assertEquals(407, answer.status());
      assertEquals("proxy-auth-required", answer.problem());
      assertEquals("Basic realm=\"leasehold\"", answer.field("proxy-authenticate"));
      assertEquals(0, upstream.connections());
      proxy.auditLine("\"cause\":\"proxy-auth-required\"");
    }
  }
}
