package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.leasehold.broker.proxy.ProxyTester.OpenTask;
import dev.leasehold.broker.proxy.RawAgent.Answer;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a connection that served a call before must not do to the next one. */
final class ReusedConnectionTest {
  private static String get(RecordingUpstream upstream, OpenTask task, String path) {
    String host = "127.0.0.1:" + upstream.port();
    return "GET http://%s%s HTTP/1.1\r\nHost: %s\r\n%s\r\n\r\n"
        .formatted(host, path, host, task.line());
  }

  @Test
  void answerThatHasBegunIsBrokenOffAndNeverBegunAgain() throws Exception {
    // Given
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
                  connection.head();
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
                });
        ProxyTester proxy = ProxyTester.setup().destination("api", upstream.port()).start();
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();
      agent.send(get(upstream, task, "/first")).answer();

      // When
      agent.send(get(upstream, task, "/second"));
      String seen = agent.readHead();
      proxy.auditLine("\"cause\":\"upstream-reset\"", "\"status\":200");

      // Then
      assertEquals("HTTP/1.1 200 OK", seen.lines().findFirst().orElse(""));
      assertEquals(1, upstream.connections());
    }
  }

  @Test
  void bytesBehindAnAnswerNeverBecomeTheNextOne() throws Exception {
    // Given
    AtomicInteger number = new AtomicInteger();
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send(
                      number.incrementAndGet() == 1
                          ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst"
                              + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
                          : "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond");
                  connection.head();
                });
        ProxyTester proxy = ProxyTester.setup().destination("api", upstream.port()).start();
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();

      // When
      agent.send(get(upstream, task, "/one") + get(upstream, task, "/two"));

      // Then
      assertEquals("first", agent.answer().body());
      assertEquals("second", agent.answer().body());
      assertFalse(upstream.seen().isEmpty());
      assertEquals(2, upstream.connections());
    }
  }

  private static RecordingUpstream forgetful() throws IOException {
    AtomicInteger number = new AtomicInteger();
    return RecordingUpstream.start(
        connection -> {
          boolean first = number.incrementAndGet() == 1;
          connection.head();
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
          connection.head();
          if (!first) {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
          }
        });
  }

  @Test
  void requestThatIsSentAgainIsDecidedAgain() throws Exception {
    // Given
    try (RecordingUpstream upstream = forgetful();
        ProxyTester proxy = ProxyTester.setup().destination("api", upstream.port()).start();
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();
      agent.send(get(upstream, task, "/first")).answer();

      // When
      Answer answer = agent.send(get(upstream, task, "/second")).answer();

      // Then
      assertEquals("hello", answer.body());
      proxy.auditLine("call.finished", "/second");
      long requests = upstream.seen().lines().filter(line -> line.startsWith("GET ")).count();
      long decisions =
          proxy.auditLines().stream()
              .filter(line -> line.contains("call.decided") && line.contains("allow"))
              .count();
      assertEquals(3, requests);
      assertEquals(requests, decisions);
      proxy.auditLine("call.decided", "/second", "\"cause\":\"repeated\"");
    }
  }

  @Test
  void postThatMayHaveBeenActedOnIsNeverSentAgain() throws Exception {
    // Given
    try (RecordingUpstream upstream = forgetful();
        ProxyTester proxy = ProxyTester.setup().destination("api", upstream.port()).start();
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();
      agent.send(get(upstream, task, "/first")).answer();

      // When
      Answer answer =
          agent.send(get(upstream, task, "/second").replaceFirst("GET", "POST")).answer();

      // Then
      assertEquals("upstream-reset", answer.problem());
      assertEquals(1, upstream.connections());
    }
  }
}
