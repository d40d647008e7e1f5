package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.proxy.ProxyTester.OpenTask;
import dev.leasehold.broker.proxy.RawAgent.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Targets that send back what they were told. */
final class SecretComesBackTest {
  private static final String SECRET = "s3cret-token-of-this-task";
  private static final String MASKED = "*".repeat(SECRET.length());

  private static ProxyTester proxy(RecordingUpstream upstream, Destination.Redact redact)
      throws IOException {
    return ProxyTester.setup()
        .credential("api", ProxyTester.bearer(), Map.of("token", SECRET))
        .destination("api", upstream.port(), to -> to.credential("api").redact(redact))
        .start();
  }

  private static RecordingUpstream answering(String... pieces) throws IOException {
    return RecordingUpstream.start(
        connection -> {
          while (!connection.head().isEmpty()) {
            for (String piece : pieces) {
              connection.send(piece);
            }
          }
        });
  }

  private static Answer call(ProxyTester proxy, RecordingUpstream upstream, RawAgent agent)
      throws IOException {
    OpenTask task = proxy.open();
    String host = "127.0.0.1:" + upstream.port();
    return agent
        .head("GET http://" + host + "/echo HTTP/1.1", "Host: " + host, task.line())
        .answer();
  }

  @Test
  void secretInHeadAndBodyIsMaskedAndLengthsStay() throws Exception {
    // Given
    String encoded =
        Base64.getEncoder().encodeToString(("xx" + SECRET).getBytes(StandardCharsets.US_ASCII));
    String body = "got: Bearer " + SECRET + " and " + encoded + ".";
    try (RecordingUpstream upstream =
            answering(
                "HTTP/1.1 200 OK\r\nX-Echo: "
                    + SECRET
                    + "\r\nContent-Length: "
                    + body.length()
                    + "\r\n\r\n"
                    + body.substring(0, 20),
                body.substring(20, 21),
                body.substring(21));
        ProxyTester proxy = proxy(upstream, Destination.Redact.REPLACE);
        RawAgent agent = proxy.agent()) {

      // When
      Answer answer = call(proxy, upstream, agent);

      // Then
      assertEquals(MASKED, answer.field("x-echo"));
      assertEquals(body.length(), answer.body().length());
      assertTrue(answer.body().startsWith("got: Bearer " + MASKED + " and "));
      assertFalse(answer.body().contains(encoded.substring(4, encoded.length() - 4)));
      assertTrue(answer.body().endsWith("."));
      proxy.auditLine("\"status\":200", "\"cause\":\"secret-redacted\"");
      assertTrue(
          proxy.metrics().contains("leasehold_redactions_total{destination=\"api\"} 3.0"),
          proxy.metrics());
    }
  }

  @Test
  void answerOfADestinationWithoutACredentialIsSearchedToo() throws Exception {
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        RecordingUpstream other =
            answering("HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n" + SECRET);
        ProxyTester proxy =
            ProxyTester.setup()
                .credential("api", ProxyTester.bearer(), Map.of("token", SECRET))
                .destination("api", upstream.port(), to -> to.credential("api"))
                .destination("other", other.port())
                .start();
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();
      String first = "127.0.0.1:" + upstream.port();
      agent.head("GET http://" + first + "/ HTTP/1.1", "Host: " + first, task.line()).answer();
      String second = "127.0.0.1:" + other.port();
      assertEquals(
          MASKED,
          agent
              .head("GET http://" + second + "/ HTTP/1.1", "Host: " + second, task.line())
              .answer()
              .body());
    }
  }

  @Test
  void callIsCutBeforeItsAnswerWhereTheDestinationWantsThat() throws Exception {
    try (RecordingUpstream upstream =
            answering("HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\nhere:" + SECRET);
        ProxyTester proxy = proxy(upstream, Destination.Redact.CUT);
        RawAgent agent = proxy.agent()) {
      Answer answer = call(proxy, upstream, agent);
      assertEquals(502, answer.status());
      assertEquals("secret-in-response", answer.problem());
      proxy.auditLine("\"cause\":\"secret-in-response\"");
    }
  }

  @Test
  void streamOfEventsDoesNotWaitForWhatMightBeASecret() throws Exception {
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send(
                      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: s3c");
                  connection.read();
                });
        ProxyTester proxy = proxy(upstream, Destination.Redact.REPLACE);
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();
      String host = "127.0.0.1:" + upstream.port();
      agent.head("GET http://" + host + "/events HTTP/1.1", "Host: " + host, task.line());
      agent.readHead();
      StringBuilder seen = new StringBuilder();
      while (!seen.toString().contains("s3c")) {
        seen.append(agent.exactly(1)); // comes although the stream goes on
      }
    }
  }

  @Test
  void secretThatAnAgentPutsIntoAPathIsNotLogged() throws Exception {
    // Given
    String hex =
        HexFormat.of().formatHex(SECRET.getBytes(StandardCharsets.US_ASCII)); // told somehow else
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy =
            ProxyTester.setup()
                .credential("api", ProxyTester.bearer(), Map.of("token", SECRET))
                .destination(
                    "api", upstream.port(), to -> to.credential("api").deny(Set.of(), "/no/**"))
                .start();
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();
      String host = "127.0.0.1:" + upstream.port();
      for (String path : List.of("/", "/a/" + SECRET, "/b/" + hex + "/c", "/no/" + SECRET)) {
        agent
            .head("GET http://" + host + path + " HTTP/1.1", "Host: " + host, task.line())
            .answer();
      }

      // When
      proxy.auditLine("call.decided", "\"path\":\"/no/" + MASKED + "\"");

      // Then
      proxy.auditLine("call.finished", "\"path\":\"/a/" + MASKED + "\"");
      String log = String.join("\n", proxy.auditLines());
      assertFalse(log.contains(SECRET));
      assertFalse(log.contains(hex));
    }
  }
}
