package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Limits;
import dev.leasehold.broker.destination.Target;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.proxy.ProxyTester.OpenTask;
import dev.leasehold.broker.proxy.RawAgent.Answer;
import dev.leasehold.broker.testing.Destinations;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  private static Limits sizes(int requestLine, int header, int headers) {
    Limits defaults = Limits.DEFAULT;
    return new Limits(
        requestLine,
        header,
        headers,
        defaults.body(),
        defaults.idle(),
        defaults.headerRead(),
        defaults.connect(),
        defaults.response(),
        defaults.connections(),
        defaults.inFlight());
  }

  private static Limits times(Duration headerRead, Duration connect) {
    Limits defaults = Limits.DEFAULT;
    return new Limits(
        defaults.requestLine(),
        defaults.header(),
        defaults.headers(),
        defaults.body(),
        defaults.idle(),
        headerRead,
        connect,
        defaults.response(),
        defaults.connections(),
        defaults.inFlight());
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

  @ParameterizedTest
  @CsvSource({"300, 16384, 100, 414", "8192, 300, 100, 431", "8192, 16384, 10, 431"})
  void sizesOfADestinationHoldThoughAnotherOnePermitsMore(
      int line, int header, int headers, int status) throws Exception {
    // Given
    try (RecordingUpstream narrow = RecordingUpstream.greeting();
        RecordingUpstream wide = RecordingUpstream.greeting();
        ProxyTester proxy =
            ProxyTester.setup()
                .destination("narrow", narrow.port(), to -> to.limits(sizes(line, header, headers)))
                .destination("wide", wide.port())
                .start();
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();
      String rest = "X: abcdefghijklmnopqrst\r\n".repeat(20) + "\r\n";
      String path = "/" + "a".repeat(300);

      // When
      Answer refused =
          agent.send(start("GET", narrow, task).replace("/ HTTP", path + " HTTP") + rest).answer();
      Answer served =
          agent.send(start("GET", wide, task).replace("/ HTTP", path + " HTTP") + rest).answer();

      // Then
      assertEquals(status, refused.status());
      assertEquals("limit-exceeded", refused.problem());
      assertEquals(0, narrow.connections());
      assertEquals(200, served.status());
    }
  }

  @Test
  void headThatDoesNotComeToItsEndIsCutOffAtItsDestinationsTime() throws Exception {
    // Given
    Limits impatient = times(Duration.ofMillis(300), Duration.ofSeconds(5));
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy = proxy(upstream, impatient)) {
      try (RawAgent agent = RawAgent.connect(endpoint(proxy))) {

        // When
        agent.send("GET / HTTP/1.1\r\nHost: 127.0");

        // Then
        assertTrue(agent.isClosedByPeer());
        assertEquals(0, upstream.connections());
      }
    }
  }

  @Test
  void connectionThatNeverSaysAnythingHasNoMoreTimeThanAHead() throws Exception {
    // Given
    Limits impatient = times(Duration.ofMillis(300), Duration.ofSeconds(5));
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy = proxy(upstream, impatient);

        // When
        RawAgent agent = RawAgent.connect(endpoint(proxy))) {

      // Then
      assertTrue(agent.isClosedByPeer());
    }
  }

  private static InetSocketAddress endpoint(ProxyTester proxy) throws Exception {
    URI endpoint =
        URI.create(
            proxy.proxy().open(proxy.open().task(), List.of("api")).values().iterator().next());
    return new InetSocketAddress(InetAddress.ofLiteral(endpoint.getHost()), endpoint.getPort());
  }

  @Test
  void headOnTheProxyHasTheTimeOfTheMostPatientDestination() {
    // Given
    Destination patient =
        Destinations.http("patient", "one.example")
            .limits(times(Duration.ofSeconds(90), Duration.ofSeconds(5)))
            .build();
    Destination hasty =
        Destinations.http("hasty", "two.example")
            .limits(times(Duration.ofMillis(100), Duration.ofSeconds(5)))
            .build();

    // Then
    assertEquals(Duration.ofSeconds(90), rules(patient, hasty).longestHeaderRead());
    assertEquals(Limits.DEFAULT.headerRead(), rules(hasty).longestHeaderRead());
  }

  private static RuleSet rules(Destination... destinations) {
    Map<String, Destination> named =
        Stream.of(destinations).collect(Collectors.toMap(Destination::name, each -> each));
    return new RuleSet(new Policy("v1", named, Map.of(), InstantSource.system()), Map.of());
  }

  @Test
  void targetThatAcceptsAndSaysNothingIsGivenUpInTime() throws Exception {
    // Given
    Limits impatient = times(Duration.ofSeconds(10), Duration.ofMillis(300));
    try (RecordingUpstream upstream = RecordingUpstream.start(RecordingUpstream.Connection::head);
        ProxyTester proxy =
            ProxyTester.setup()
                .destination(
                    "api",
                    upstream.port(),
                    to ->
                        to.target(Target.Scheme.HTTPS, "127.0.0.1", upstream.port())
                            .limits(impatient))
                .start();
        RawAgent agent = proxy.agent()) {

      // When
      Answer answer = agent.send(start("GET", upstream, proxy.open()) + "\r\n").answer();

      // Then
      assertEquals("upstream-timeout", answer.problem());
    }
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
