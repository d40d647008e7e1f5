package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.proxy.ProxyTester.OpenTask;
import dev.leasehold.broker.proxy.RawAgent.Answer;
import dev.leasehold.broker.task.Signal;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Tunnels whose bytes pass unseen. */
final class OpaqueTunnelTest {
  private static ProxyTester proxy(RecordingUpstream upstream) throws IOException {
    return ProxyTester.setup()
        .destination("pinned", upstream.port(), to -> to.tunnel())
        .destination("plain", 9)
        .start();
  }

  /** Speaks first, gives back a line, and hears the agent out. */
  private static void echo(RecordingUpstream.Connection connection) throws IOException {
    connection.send("banner\n");
    int c;
    while ((c = connection.read()) >= 0) {
      connection.send(String.valueOf((char) c));
    }
    connection.send("heard it all");
  }

  private static Answer open(RawAgent agent, RecordingUpstream upstream, OpenTask task)
      throws IOException {
    String host = "127.0.0.1:" + upstream.port();
    return agent.connectAnswer("CONNECT " + host + " HTTP/1.1", "Host: " + host, task.line());
  }

  @Test
  void bytesPassAsTheyAreAndEachSideMayFinishByItself() throws Exception {
    // Given
    try (RecordingUpstream upstream = RecordingUpstream.start(OpaqueTunnelTest::echo);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();

      // When
      Answer answer = open(agent, upstream, task);
      String banner = agent.exactly(7);
      String back = agent.send("\u0016\u0003no TLS\r\n").exactly(10);
      agent.socket().shutdownOutput();
      String rest = agent.rest();

      // Then
      assertEquals(200, answer.status());
      assertEquals("banner\n", banner);
      assertEquals("\u0016\u0003no TLS\r\n", back);
      assertEquals("heard it all", rest);
      String authority = "\"path\":\"127.0.0.1:" + upstream.port() + "\"";
      proxy.auditLine(
          "\"decision\":\"allow\"", "\"rule\":\"destinations.pinned.tunnel\"", authority);
      proxy.auditLine("\"status\":200", "\"bytes_in\":10", "\"bytes_out\":29");
    }
  }

  @Test
  void lastBytesReachAnAgentThatReadsSlowlyAlthoughTheTargetHasClosed() throws Exception {
    int size = 3_000_000;
    try (RecordingUpstream upstream =
            RecordingUpstream.start(connection -> connection.send("x".repeat(size)));
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = RawAgent.slowReader(proxy.address())) {
      open(agent, upstream, proxy.open());
      agent.socket().shutdownOutput();
      proxy.auditLine("\"decision\":\"allow\"", "\"method\":\"CONNECT\"");
      assertEquals(size, agent.rest().length());
      proxy.auditLine("\"status\":200", "\"bytes_out\":" + size);
    }
  }

  @Test
  void lastBytesReachAnAgentThatReadsSlowlyAlthoughBothSidesHaveSaidAll() throws Exception {
    int size = 3_000_000;
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  assertEquals(
                      -1, connection.read()); // so the system gives our socket up at its end
                  connection.send("x".repeat(size));
                });
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = RawAgent.slowReader(proxy.address())) {
      open(agent, upstream, proxy.open());
      agent.socket().shutdownOutput();
      proxy.auditLine("\"decision\":\"allow\"", "\"method\":\"CONNECT\"");
      assertEquals(size, agent.rest().length());
      proxy.auditLine("\"status\":200", "\"bytes_out\":" + size);
    }
  }

  @Test
  void targetThatGreetsAndClosesAtOnceIsHeard() throws Exception {
    try (RecordingUpstream upstream =
            RecordingUpstream.start(connection -> connection.send("hello"));
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      open(agent, upstream, proxy.open());
      assertEquals("hello", agent.rest());
      agent.socket().close();
      proxy.auditLine("\"status\":200", "\"bytes_out\":5");
    }
  }

  @Test
  void endOfTheTaskCutsItOnBothSides() throws Exception {
    try (RecordingUpstream upstream = RecordingUpstream.start(OpaqueTunnelTest::echo);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      OpenTask task = proxy.open();
      open(agent, upstream, task);
      agent.exactly(7);
      proxy.ends().end(task.task(), Signal.COMPLETED, "").toCompletableFuture().join();
      assertTrue(agent.isClosedByPeer());
      proxy.auditLine("\"cause\":\"task-ended\"", "\"bytes_out\":7");
      assertEquals(403, again(proxy, upstream, task).status());
    }
  }

  private static Answer again(ProxyTester proxy, RecordingUpstream upstream, OpenTask task)
      throws IOException {
    try (RawAgent agent = proxy.agent()) {
      return open(agent, upstream, task);
    }
  }

  @Test
  void taskWithoutTheDestinationGetsNoTunnelThere() throws Exception {
    try (RecordingUpstream upstream = RecordingUpstream.start(OpaqueTunnelTest::echo);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      open(agent, upstream, proxy.open("plain"));
      String host = "127.0.0.1:" + upstream.port();
      assertEquals(
          "destination-not-allowed",
          agent.head("GET / HTTP/1.1", "Host: " + host).answer().problem());
      assertEquals(0, upstream.connections());
    }
  }

  @Test
  void placeThatDoesNotAcceptIsToldBeforeAnyTunnel() throws Exception {
    int port;
    try (RecordingUpstream gone = RecordingUpstream.greeting()) {
      port = gone.port();
    }
    try (ProxyTester proxy =
            ProxyTester.setup().destination("pinned", port, to -> to.tunnel()).start();
        RawAgent agent = proxy.agent()) {
      String host = "127.0.0.1:" + port;
      Answer answer =
          agent.connectAnswer(
              "CONNECT " + host + " HTTP/1.1", "Host: " + host, proxy.open().line());
      assertEquals(502, answer.status());
      assertEquals("upstream-connect", answer.problem());
      proxy.auditLine("\"cause\":\"upstream-connect\"", "\"destination\":\"pinned\"");
    }
  }

  @Test
  void addressThatIsNotPublicIsRefusedHereToo() throws Exception {
    try (RecordingUpstream upstream = RecordingUpstream.start(OpaqueTunnelTest::echo);
        ProxyTester proxy =
            ProxyTester.setup()
                .destination("pinned", upstream.port(), to -> to.tunnel().publicAddressesOnly())
                .start();
        RawAgent agent = proxy.agent()) {
      assertEquals("address-refused", open(agent, upstream, proxy.open()).problem());
      assertEquals(0, upstream.connections());
    }
  }
}
