package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.proxy.ProxyTester.OpenTask;
import dev.leasehold.broker.proxy.RawAgent.Answer;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Bodies pass as they come, in both directions, and only as fast as they are taken. */
final class StreamingTest {
  private static final String CHUNKED_ANSWER =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";

  private static String[] head(String method, RecordingUpstream upstream, OpenTask task) {
    String host = "127.0.0.1:" + upstream.port();
    return new String[] {method + " http://" + host + "/ HTTP/1.1", "Host: " + host, task.line()};
  }

  private static String text(String method, RecordingUpstream upstream, OpenTask task) {
    return String.join("\r\n", head(method, upstream, task)) + "\r\n";
  }

  private static ProxyTester proxy(RecordingUpstream upstream) throws IOException {
    return ProxyTester.setup().destination("api", upstream.port()).start();
  }

  @Test
  void bodyOfKnownLengthPassesUnchanged() throws Exception {
    // Given
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send(
                      "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n" + connection.body(7));
                });
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {

      // When
      agent.send(text("POST", upstream, proxy.open()) + "Content-Length: 7\r\n\r\nabc");
      ProxyTester.await("the first half", () -> upstream.seen().endsWith("\r\n\r\nabc"));
      Answer answer = agent.send("defg").answer();

      // Then
      assertEquals("abcdefg", answer.body());
      assertTrue(upstream.seen().contains("content-length: 7\r\n"));
      proxy.auditLine("\"bytes_in\":7", "\"bytes_out\":7");
    }
  }

  @Test
  void chunkedBodyIsChunkedAnew() throws Exception {
    // Given
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  while (!connection.body(1).isEmpty()) {
                    if (connection.socket().getInputStream().available() == 0) {
                      connection.send("HTTP/1.1 204 No Content\r\n\r\n");
                    }
                  }
                });
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {

      // When
      Answer answer =
          agent
              .send(text("POST", upstream, proxy.open()))
              .send("Transfer-Encoding: chunked\r\n\r\n003\r\nabc\r\n0\r\n\r\n")
              .answer();

      // Then
      assertEquals(204, answer.status());
      ProxyTester.await(
          "the whole body", () -> upstream.seen().endsWith("\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
    }
  }

  @Test
  void chunkExtensionEndsTheCall() throws Exception {
    // Given
    try (RecordingUpstream upstream = RecordingUpstream.start(RecordingUpstream.Connection::head);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {

      // When
      Answer answer =
          agent
              .send(text("POST", upstream, proxy.open()))
              .send("Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\n\r\n")
              .answer();

      // Then
      assertEquals("ambiguous-request", answer.problem());
      assertFalse(upstream.seen().contains("abc"));
    }
  }

  @Test
  void trailerEndsTheCall() throws Exception {
    // Given
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  while (connection.read() >= 0) {
                    // to the end
                  }
                });
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {

      // When
      Answer answer =
          agent
              .send(text("POST", upstream, proxy.open()))
              .send("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n")
              .answer();

      // Then
      assertEquals("ambiguous-request", answer.problem());
      assertFalse(upstream.seen().contains("\r\n0\r\n\r\n"));
    }
  }

  @Test
  void answerArrivesPieceByPiece() throws Exception {
    // Given
    CountDownLatch more = new CountDownLatch(1);
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send(CHUNKED_ANSWER);
                  await(more);
                  connection.send("6\r\n world\r\n0\r\n\r\n");
                });
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {

      // When
      agent.head(head("GET", upstream, proxy.open()));
      String first = agent.readHead() + agent.exactly(10);
      more.countDown();

      // Then
      assertTrue(first.endsWith("5\r\nhello\r\n"));
      assertEquals("6\r\n world\r\n0\r\n\r\n", agent.exactly(16));
    }
  }

  @Test
  void answerToHttp10IsDelimitedByTheEndOfTheConnection() throws Exception {
    // Given
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send(CHUNKED_ANSWER + "0\r\n\r\n");
                });
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();

      // When
      Answer answer =
          agent
              .head("GET http://127.0.0.1:" + upstream.port() + "/ HTTP/1.0", task.line())
              .answer();

      // Then
      assertEquals("hello", answer.body());
      assertEquals("", answer.field("transfer-encoding"));
      assertTrue(agent.isClosedByPeer());
    }
  }

  @Test
  void answerToHeadHasALengthAndNoBody() throws Exception {
    // Given
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  while (!connection.head().isEmpty()) {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
                  }
                });
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();

      // When
      Answer first = agent.head(head("HEAD", upstream, task)).answer(true);
      Answer second = agent.head(head("HEAD", upstream, task)).answer(true);

      // Then
      assertEquals("500", first.field("content-length"));
      assertEquals(200, second.status());
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrderEachAfterItsOwnDecision() throws Exception {
    // Given
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();

      // When
      agent.send(
          text("GET", upstream, task)
              + "\r\n"
              + "GET http://denied.example/ HTTP/1.1\r\nHost: denied.example\r\n"
              + task.line()
              + "\r\n\r\n"
              + text("GET", upstream, task)
              + "\r\n");

      // Then
      assertEquals(200, agent.answer().status());
      assertEquals("destination-not-allowed", agent.answer().problem());
      assertEquals(200, agent.answer().status());
      assertFalse(upstream.seen().contains("denied"));
    }
  }

  @Test
  void requestThatComesByteByByteIsOneRequest() throws Exception {
    // Given
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      String request = text("GET", upstream, proxy.open()) + "\r\n";

      // When
      for (int i = 0; i < request.length(); i++) {
        agent.send(request.substring(i, i + 1));
      }

      // Then
      assertEquals("hello", agent.answer().body());
      assertEquals(1, upstream.connections());
    }
  }

  @Test
  void expectedContinueComesFromTheTarget() throws Exception {
    // Given
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send("HTTP/1.1 100 Continue\r\n\r\n");
                  connection.send(
                      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + connection.body(3));
                });
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {

      // When
      agent.send(
          text("PUT", upstream, proxy.open())
              + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n");
      Answer interim = agent.answer();
      Answer answer = agent.send("abc").answer();

      // Then
      assertEquals(100, interim.status());
      assertEquals("abc", answer.body());
    }
  }

  @Test
  void refusalBeforeContinueClosesTheConnection() throws Exception {
    // Given
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {

      // When
      Answer answer =
          agent
              .head(
                  "PUT http://127.0.0.1:1/ HTTP/1.1",
                  "Host: 127.0.0.1:1",
                  "Expect: 100-continue",
                  "Content-Length: 3",
                  proxy.open().line())
              .answer();

      // Then
      assertEquals(403, answer.status());
      assertEquals("close", answer.field("connection"));
      assertTrue(agent.isClosedByPeer());
    }
  }

  @Test
  void refusedBodyThatIsThereAlreadyDoesNotCostTheConnection() throws Exception {
    // Given
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();

      // When
      Answer refused =
          agent
              .send(
                  "POST http://127.0.0.1:1/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\n"
                      + task.line()
                      + "\r\nContent-Length: 3\r\n\r\nabc")
              .answer();
      Answer next = agent.head(head("GET", upstream, task)).answer();

      // Then
      assertEquals(403, refused.status());
      assertEquals(200, next.status());
    }
  }

  @Test
  void targetIsReadNoFasterThanTheAgentReads() throws Exception {
    // Given
    long whole = 64L * 1024 * 1024;
    AtomicLong sent = new AtomicLong();
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + whole + "\r\n\r\n");
                  String block = "x".repeat(64 * 1024);
                  while (sent.get() < whole) {
                    connection.send(block);
                    sent.addAndGet(block.length());
                  }
                });
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = RawAgent.slowReader(proxy.address())) {

      // When
      agent.head(head("GET", upstream, proxy.open()));
      String head = agent.readHead();
      awaitStandstill(sent);
      long standing = sent.get();
      agent.exactly((int) whole);

      // Then
      assertTrue(head.startsWith("HTTP/1.1 200"));
      assertTrue(standing < whole / 2, "taken ahead of the agent: " + standing);
    }
  }

  @Test
  void agentIsReadNoFasterThanTheTargetReads() throws Exception {
    // Given
    int whole = 64 * 1024 * 1024;
    AtomicLong sent = new AtomicLong();
    CountDownLatch read = new CountDownLatch(1);
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  await(read);
                  connection.socket().getInputStream().skipNBytes(whole);
                  connection.send("HTTP/1.1 204 No Content\r\n\r\n");
                });
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {

      // When
      agent.send(text("POST", upstream, proxy.open()) + "Content-Length: " + whole + "\r\n\r\n");
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    String block = "x".repeat(64 * 1024);
                    try {
                      while (sent.get() < whole) {
                        agent.send(block);
                        sent.addAndGet(block.length());
                      }
                    } catch (IOException broken) {
                      sent.set(-1);
                    }
                  });
      awaitStandstill(sent);
      long standing = sent.get();
      read.countDown();
      Answer answer = agent.answer();
      sender.join();

      // Then
      assertEquals(204, answer.status());
      assertEquals(whole, sent.get());
      assertTrue(standing < whole / 2, "taken ahead of the target: " + standing);
    }
  }

  /** Until the count has not moved for many looks. */
  private static void awaitStandstill(AtomicLong count) throws IOException {
    long[] last = {-1, 0};
    ProxyTester.await(
        "a standstill",
        () -> {
          long now = count.get();
          last[1] = now == last[0] && now > 0 ? last[1] + 1 : 0;
          last[0] = now;
          return last[1] > 60;
        });
  }

  @Test
  void earlyAnswerEndsTheConnectionAfterItWasRead() throws Exception {
    // Given
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
                });
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {

      // When
      Answer answer =
          agent
              .send(text("POST", upstream, proxy.open()) + "Content-Length: 100\r\n\r\nabc")
              .answer();

      // Then
      assertEquals("no", answer.body());
      assertEquals("close", answer.field("connection"));
      assertTrue(agent.isClosedByPeer());
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", stopped);
    }
  }
}
