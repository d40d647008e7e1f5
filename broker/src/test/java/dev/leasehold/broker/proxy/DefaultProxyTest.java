package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.leasehold.broker.proxy.ProxyTester.OpenTask;
import dev.leasehold.broker.proxy.RawAgent.Answer;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The listener where a call that names no task belongs to the default one. */
final class DefaultProxyTest {
  private static final int SOMEBODY = 54_321;

  private final AtomicReference<Optional<Task>> task = new AtomicReference<>(Optional.empty());
  private RecordingUpstream upstream;
  private ProxyTester proxy;

  @BeforeEach
  void start() throws IOException {
    upstream = RecordingUpstream.greeting();
    proxy = ProxyTester.setup().destination("api", upstream.port()).start();
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    upstream.close();
  }

  private InetSocketAddress serve(int uid) throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      port = free.getLocalPort();
    }
    proxy.proxy().serveDefault(ListenAddress.parse("127.0.0.1:" + port), uid, task::get);
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  private Answer call(InetSocketAddress at, String... more) throws IOException {
    String host = "127.0.0.1:" + upstream.port();
    String[] lines = new String[2 + more.length];
    lines[0] = "GET http://" + host + "/ HTTP/1.1";
    lines[1] = "Host: " + host;
    System.arraycopy(more, 0, lines, 2, more.length);
    try (RawAgent agent = RawAgent.connect(at)) {
      return agent.head(lines).answer();
    }
  }

  @Test
  void callThatNamesNoTaskIsTheDefaultOnes() throws Exception {
    // Given
    OpenTask open = proxy.open();
    task.set(Optional.of(open.task()));

    // When
    Answer answer = call(serve(ProxyTester.ownUid()));

    // Then
    assertEquals("hello", answer.body());
    proxy.auditLine("call.decided", open.task().id().text());
  }

  @Test
  void callThatNamesATaskIsThatTasks() throws Exception {
    // Given
    task.set(Optional.of(proxy.open().task()));
    OpenTask named = proxy.open();

    // When
    Answer answer = call(serve(ProxyTester.ownUid()), named.line());

    // Then
    assertEquals(200, answer.status());
    proxy.auditLine("call.decided", named.task().id().text());
  }

  @Test
  void wrongTokenIsNeverTakenForTheDefaultTask() throws Exception {
    // Given
    task.set(Optional.of(proxy.open().task()));

    // When
    Answer answer =
        call(serve(ProxyTester.ownUid()), "Proxy-Authorization: Basic d3Jvbmc6d3Jvbmc=");

    // Then
    assertEquals("proxy-auth-required", answer.problem());
    assertEquals("", upstream.seen());
  }

  @Test
  void peerOfAnotherUidGetsNothing() throws Exception {
    // Given
    task.set(Optional.of(proxy.open().task()));

    // When
    Answer answer = call(serve(SOMEBODY));

    // Then
    assertEquals("forbidden", answer.problem());
    assertEquals("", upstream.seen());
    proxy.auditLine("\"decision\":\"deny\"", "forbidden");
  }

  @Test
  void nothingIsServedBeforeThereIsOneNorAfterItsEnd() throws Exception {
    // Given
    InetSocketAddress at = serve(ProxyTester.ownUid());

    // Then
    assertEquals("overloaded", call(at).problem());

    // When
    OpenTask open = proxy.open();
    task.set(Optional.of(open.task()));
    proxy.ends().end(open.task(), Signal.CANCELLED, "").toCompletableFuture().join();

    // Then
    assertEquals("task-ended", call(at).problem());
    assertEquals("", upstream.seen());
  }

  @Test
  void tunnelsAreTheDefaultTasksToo() throws Exception {
    // Given
    task.set(Optional.of(proxy.open().task()));
    String host = "127.0.0.1:" + upstream.port();
    try (RawAgent agent = RawAgent.connect(serve(ProxyTester.ownUid()))) {

      // When
      Answer opened = agent.connectAnswer("CONNECT " + host + " HTTP/1.1", "Host: " + host);
      Answer answer = agent.head("GET / HTTP/1.1", "Host: " + host).answer();

      // Then
      assertEquals(200, opened.status());
      assertEquals("hello", answer.body());
    }
  }
}
