package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.proxy.ProxyTester.OpenTask;
import dev.leasehold.broker.proxy.RawAgent.Answer;
import dev.leasehold.broker.task.Signal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that turn into a WebSocket. */
final class WebSocketTest {
  private static final String SECRET = "s3cret-token-of-this-task";

  // The example of RFC 6455 §1.3.
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
  private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
  private static final String SWITCHED =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";

  private static ProxyTester proxy(RecordingUpstream upstream) throws IOException {
    return ProxyTester.setup()
        .credential("api", ProxyTester.bearer(), Map.of("token", SECRET))
        .destination("api", upstream.port(), to -> to.credential("api").websocket())
        .start();
  }

  /** Accepts, sends a word, and gives back whatever comes. */
  private static void echo(RecordingUpstream.Connection connection) throws IOException {
    connection.head();
    connection.send(SWITCHED + "Sec-WebSocket-Accept: " + ACCEPT + "\r\n\r\nfirst");
    int c;
    while ((c = connection.read()) >= 0) {
      connection.send(String.valueOf((char) c));
    }
  }

  private static String[] opening(RecordingUpstream upstream, OpenTask task, String... more) {
    String host = "127.0.0.1:" + upstream.port();
    List<String> lines =
        new ArrayList<>(
            List.of(
                "GET http://" + host + "/socket HTTP/1.1",
                "Host: " + host,
                task.line(),
                "Connection: keep-alive, Upgrade",
                "Upgrade: WebSocket",
                "Sec-WebSocket-Key: " + KEY,
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Extensions: permessage-deflate"));
    lines.addAll(List.of(more));
    return lines.toArray(new String[0]);
  }

  @Test
  void bytesPassBothWaysOnceTheTargetHasAccepted() throws Exception {
    // Given
    try (RecordingUpstream upstream = RecordingUpstream.start(WebSocketTest::echo);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();

      // When
      agent.head(opening(upstream, task));
      String head = agent.readHead();
      String first = agent.exactly(5);
      String back = agent.send("frame").exactly(5);

      // Then
      assertTrue(head.startsWith("HTTP/1.1 101 "));
      assertTrue(head.contains("upgrade: websocket\r\n"));
      assertTrue(head.toLowerCase(java.util.Locale.ROOT).contains("sec-websocket-accept: "));
      assertEquals("first", first);
      assertEquals("frame", back);
      assertTrue(upstream.seen().contains("authorization: Bearer " + SECRET + "\r\n"));
      assertTrue(upstream.seen().contains("connection: Upgrade\r\nupgrade: websocket\r\n"));
      assertFalse(upstream.seen().contains("permessage-deflate"));
    }
  }

  @Test
  void protocolThatWasOfferedMayBeChosen() throws Exception {
    // Given
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send(
                      SWITCHED
                          + "Sec-WebSocket-Accept: "
                          + ACCEPT
                          + "\r\nSec-WebSocket-Protocol: mqtt\r\n\r\nbye");
                });
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {

      // When
      agent.head(opening(upstream, proxy.open(), "Sec-WebSocket-Protocol: graphql-ws, mqtt"));

      // Then
      assertTrue(agent.readHead().startsWith("HTTP/1.1 101 "));
      assertEquals("bye", agent.rest());
    }
  }

  @Test
  void endOfTheTaskCutsIt() throws Exception {
    try (RecordingUpstream upstream = RecordingUpstream.start(WebSocketTest::echo);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();
      agent.head(opening(upstream, task));
      agent.readHead();
      agent.exactly(5);
      proxy.ends().end(task.task(), Signal.COMPLETED, "").toCompletableFuture().join();
      assertTrue(agent.isClosedByPeer());
      proxy.auditLine("\"status\":101", "\"cause\":\"task-ended\"", "\"bytes_out\":5");
    }
  }

  @Test
  void closeOfTheTargetReachesTheAgent() throws Exception {
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send(SWITCHED + "Sec-WebSocket-Accept: " + ACCEPT + "\r\n\r\nbye");
                });
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      agent.head(opening(upstream, proxy.open()));
      agent.readHead();
      assertEquals("bye", agent.rest());
      proxy.auditLine("\"status\":101", "\"bytes_out\":3");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n",
        "",
        "Sec-WebSocket-Accept: " + ACCEPT + "\r\nSec-WebSocket-Accept: " + ACCEPT + "\r\n",
        "Sec-WebSocket-Accept: " + ACCEPT + "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n",
        "Sec-WebSocket-Accept: " + ACCEPT + "\r\nSec-WebSocket-Protocol: graphql-ws\r\n",
      })
  void targetThatDoesNotAnswerThisOpeningOpensNothing(String fields) throws Exception {
    // Given
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send(SWITCHED + fields + "\r\n");
                  connection.read();
                });
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();

      // When
      Answer answer =
          agent
              .head(opening(upstream, task))
              .send("GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
              .answer();

      // Then
      assertEquals(502, answer.status());
      assertEquals("upstream-reset", answer.problem());
      assertFalse(upstream.seen().contains("smuggled"));
    }
  }

  @Test
  void answerThatIsNoUpgradeIsAnAnswerLikeAnyOther() throws Exception {
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      Answer answer = agent.head(opening(upstream, proxy.open())).answer();
      assertEquals(200, answer.status());
      assertEquals("hello", answer.body());
    }
  }

  @Test
  void upgradeThatNobodyAskedForIsNoAnswer() throws Exception {
    try (RecordingUpstream upstream = RecordingUpstream.start(WebSocketTest::echo);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      String host = "127.0.0.1:" + upstream.port();
      Answer answer =
          agent
              .head("GET http://" + host + "/ HTTP/1.1", "Host: " + host, proxy.open().line())
              .answer();
      assertEquals(502, answer.status());
    }
  }

  @Test
  void destinationThatDoesNotSayWebsocketIsNeverAsked() throws Exception {
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy = ProxyTester.setup().destination("api", upstream.port()).start();
        RawAgent agent = proxy.agent()) {
      Answer answer = agent.head(opening(upstream, proxy.open())).answer();
      assertEquals(403, answer.status());
      assertEquals("rule-denied", answer.problem());
      assertTrue(answer.body().contains("destinations.api.websocket"));
      assertEquals(0, upstream.connections());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Sec-WebSocket-Key: again-a-key", "Sec-WebSocket-Version: 8", "Content-Length: 3"})
  void openingThatIsNotStrictIsRefused(String line) throws Exception {
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      Answer answer = agent.head(opening(upstream, proxy.open(), line)).answer();
      assertEquals(400, answer.status());
      assertEquals(0, upstream.connections());
    }
  }

  @Test
  void otherUpgradesAreNotTakenUp() throws Exception {
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      String host = "127.0.0.1:" + upstream.port();
      Answer answer =
          agent
              .head(
                  "GET http://" + host + "/ HTTP/1.1",
                  "Host: " + host,
                  proxy.open().line(),
                  "Connection: Upgrade, HTTP2-Settings",
                  "Upgrade: h2c",
                  "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA")
              .answer();
      assertEquals(200, answer.status());
      assertFalse(upstream.seen().toLowerCase(java.util.Locale.ROOT).contains("h2c"));
    }
  }
}
