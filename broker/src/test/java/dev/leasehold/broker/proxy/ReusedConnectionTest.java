package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.leasehold.broker.proxy.ProxyTester.OpenTask;
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
}
