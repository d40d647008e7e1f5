package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.leasehold.broker.destination.Limits;
import dev.leasehold.broker.proxy.ProxyTester.OpenTask;
import dev.leasehold.broker.proxy.RawAgent.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** The bounds of a destination hold for every call, whatever the call says of itself. */
final class LimitsTest {
  private static Limits limits(OptionalLong body, Duration idle, int connections, int inFlight) {
    Limits defaults = Limits.DEFAULT;
    return new Limits(
        defaults.requestLine(),
        defaults.header(),
        defaults.headers(),
        body,
        idle,
        defaults.headerRead(),
        defaults.connect(),
        defaults.response(),
        connections,
        inFlight);
  }

  private static ProxyTester proxy(RecordingUpstream upstream, Limits limits) throws IOException {
    return ProxyTester.setup().destination("api", upstream.port(), to -> to.limits(limits)).start();
  }

  private static String start(String method, RecordingUpstream upstream, OpenTask task) {
    String host = "127.0.0.1:" + upstream.port();
    return method
        + " http://"
        + host
        + "/ HTTP/1.1\r\nHost: "
        + host
        + "\r\n"
        + task.line()
        + "\r\n";
  }

  @Test
  void bodyThatSaysItIsTooLargeNeverReachesUpstream() throws Exception {
    // Given
    Limits small = limits(OptionalLong.of(4), Duration.ofSeconds(60), 100, 100);
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy = proxy(upstream, small);
        RawAgent agent = proxy.agent()) {

      // When
      Answer answer =
          agent.send(start("POST", upstream, proxy.open()) + "Content-Length: 5\r\n\r\n").answer();

      // Then
      assertEquals(413, answer.status());
      assertEquals("limit-exceeded", answer.problem());
      assertEquals(0, upstream.connections());
    }
  }

  @Test
  void bodyThatTurnsOutTooLargeIsCutOff() throws Exception {
    // Given
    Limits small = limits(OptionalLong.of(4), Duration.ofSeconds(60), 100, 100);
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  while (connection.read() >= 0) {
                    // to the end
                  }
                });
        ProxyTester proxy = proxy(upstream, small);
        RawAgent agent = proxy.agent()) {

      // When
      Answer answer =
          agent
              .send(start("POST", upstream, proxy.open()))
              .send("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
              .answer();

      // Then
      assertEquals(413, answer.status());
      assertFalse(upstream.seen().contains("\r\nde\r\n")); // our name in Via is of such letters
      proxy.auditLine("\"status\":413", "\"cause\":\"limit-exceeded\"");
    }
  }

  @Test
  void callsInFlightAreCountedForTheTask() throws Exception {
    // Given
    CountDownLatch answer = new CountDownLatch(1);
    Limits one = limits(OptionalLong.empty(), Duration.ofSeconds(60), 100, 1);
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  try {
                    answer.await();
                  } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                  }
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
                  RecordingUpstream.greet(connection);
                });
        ProxyTester proxy = proxy(upstream, one);
        RawAgent first = proxy.agent();
        RawAgent second = proxy.agent()) {
      OpenTask task = proxy.open();
      String call = start("GET", upstream, task) + "\r\n";
      first.send(call);
      ProxyTester.await("the call at the target", () -> upstream.seen().endsWith("\r\n\r\n"));

      // When
      Answer refused = second.send(call).answer();
      answer.countDown();
      Answer served = first.answer();

      // Then
      assertEquals(429, refused.status());
      assertEquals("limit-exceeded", refused.problem());
      assertEquals(200, served.status());
      Answer later = second.send(call).answer();
      for (int tries = 0; later.status() == 429 && tries < 1000; tries++) {
        later = second.send(call).answer(); // a place is free just after its answer has gone out
      }
      assertEquals(200, later.status());
    }
  }

  @Test
  void answerThatStandsStillIsCutOff() throws Exception {
    // Given
    Limits impatient = limits(OptionalLong.empty(), Duration.ofMillis(300), 100, 100);
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
                  connection.head();
                });
        ProxyTester proxy = proxy(upstream, impatient);
        RawAgent agent = proxy.agent()) {

      // When
      agent.send(start("GET", upstream, proxy.open()) + "\r\n").readHead();
      agent.exactly(3);

      // Then
      assertEquals(true, agent.isClosedByPeer());
      proxy.auditLine("\"status\":200", "\"cause\":\"upstream-timeout\"");
    }
  }

  @Test
  void httpsIsNeverLoweredToHttp() throws Exception {
    // Given
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy = proxy(upstream, Limits.DEFAULT);
        RawAgent agent = proxy.agent()) {

      // When
      Answer answer =
          agent
              .send(start("GET", upstream, proxy.open()).replace("http://", "https://") + "\r\n")
              .answer();

      // Then
      assertEquals("destination-not-allowed", answer.problem());
      assertEquals(0, upstream.connections());
    }
  }
}
