package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.proxy.ProxyTester.OpenTask;
import dev.leasehold.broker.proxy.RawAgent.Answer;
import dev.leasehold.broker.task.Signal;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What becomes of calls in flight when their task ends. */
final class FenceTest {
  private static final String SECRET = "s3cret-token-of-this-task";

  private static ProxyTester proxy(RecordingUpstream upstream, Duration drain) throws IOException {
    return ProxyTester.setup()
        .drain(drain)
        .credential("api", ProxyTester.bearer(), Map.of("token", SECRET))
        .destination("api", upstream.port(), to -> to.credential("api"))
        .start();
  }

  private static String[] head(RecordingUpstream upstream, OpenTask task) {
    String host = "127.0.0.1:" + upstream.port();
    return new String[] {"GET http://" + host + "/ HTTP/1.1", "Host: " + host, task.line()};
  }

  @Test
  void callThatWaitsForItsAnswerIsRefused() throws Exception {
    // Given
    CountDownLatch closed = new CountDownLatch(1);
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.head();
                  closed.countDown();
                });
        ProxyTester proxy = proxy(upstream, Duration.ZERO);
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();
      agent.head(head(upstream, task));
      ProxyTester.await("the call at the target", () -> upstream.seen().endsWith("\r\n\r\n"));

      // When
      proxy.ends().end(task.task(), Signal.CANCELLED, "enough");
      Answer answer = agent.answer();

      // Then
      assertEquals("task-ended", answer.problem());
      assertEquals(403, answer.status());
      closed.await();
      proxy.auditLine("\"status\":403", "\"cause\":\"task-ended\"");
    }
  }

  @Test
  void answerThatHasBegunIsCutOff() throws Exception {
    // Given
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send(
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
                  connection.head();
                });
        ProxyTester proxy = proxy(upstream, Duration.ZERO);
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();
      String first = agent.head(head(upstream, task)).readHead() + agent.exactly(6);

      // When
      proxy.ends().end(task.task(), Signal.CANCELLED, "enough");

      // Then
      assertTrue(first.endsWith("1\r\na\r\n"));
      assertThrows(IOException.class, () -> agent.exactly(1));
    }
  }

  @Test
  void callDrainsWhereTheKindSaysSo() throws Exception {
    // Given
    CountDownLatch ended = new CountDownLatch(1);
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  try {
                    ended.await();
                  } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                  }
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
                  connection.head();
                });
        ProxyTester proxy = proxy(upstream, Duration.ofSeconds(60));
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();
      agent.head(head(upstream, task));
      ProxyTester.await("the call at the target", () -> upstream.seen().endsWith("\r\n\r\n"));

      // When
      var done = proxy.ends().end(task.task(), Signal.COMPLETED, "done");
      Answer fresh;
      try (RawAgent other = proxy.agent()) {
        fresh = other.head(head(upstream, task)).answer();
      }
      ended.countDown();
      Answer drained = agent.answer();
      done.toCompletableFuture().join();

      // Then
      assertEquals("task-ended", fresh.problem());
      assertEquals("hello", drained.body());
    }
  }
}
