package dev.leasehold.broker.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Limits;
import dev.leasehold.broker.destination.Target.Scheme;
import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.ResponseHead;
import dev.leasehold.broker.testing.Destinations;
import dev.leasehold.broker.upstream.UpstreamFailure.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose connections are used for what. */
final class UpstreamsTest {
  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop loop = loops.next();
  private final Upstreams upstreams =
      new Upstreams(
          Optional.empty(), new OwnAddresses(System::nanoTime), System::nanoTime, Optional::empty);
  private CountingServer server;

  @BeforeEach
  void listen() throws IOException {
    server = CountingServer.at("127.0.0.1");
  }

  @AfterEach
  void close() throws InterruptedException {
    upstreams.close();
    server.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);
  }

  @Test
  void oneTasksCallsShareAConnectionAndAnotherTasksNeverUsesIt() throws Exception {
    // Given
    Destination api = local(Limits.DEFAULT);

    // When
    exchange("task-1", api, 1);
    exchange("task-1", api, 1);
    exchange("task-2", api, 1);
    exchange("task-1", api, 1);

    // Then
    assertEquals(
        List.of(
            "1: GET /task-1 HTTP/1.1",
            "1: GET /task-1 HTTP/1.1",
            "2: GET /task-2 HTTP/1.1",
            "1: GET /task-1 HTTP/1.1"),
        server.requests());
  }

  @Test
  void newVersionOfTheCredentialGetsAConnectionOfItsOwn() throws Exception {
    // Given
    Destination api = local(Limits.DEFAULT);

    // When
    exchange("task-1", api, 1);
    exchange("task-1", api, 2);

    // Then
    assertEquals(2, server.connections());
  }

  @Test
  void connectionMadeUnderOlderRulesIsNotUsedUnderNewerOnes() throws Exception {
    // When
    exchange("task-1", local(Limits.DEFAULT), 1);
    exchange("task-1", local(Limits.DEFAULT), 1);

    // Then
    assertEquals(2, server.connections());
  }

  @Test
  void endedTasksConnectionsAreClosedAndItGetsNoOthers() throws Exception {
    // Given
    Destination api = local(Limits.DEFAULT);
    Call kept = exchange("task-1", api, 1);

    // When
    upstreams.close("task-1");
    kept.connection().channel().closeFuture().await(20, TimeUnit.SECONDS);
    Call refused = connect("task-1", api, 1);

    // Then
    assertFalse(kept.connection().channel().isOpen());
    assertEquals(Kind.TASK_ENDED, refused.failure().kind());
    assertEquals(1, server.connections());
  }

  @Test
  void taskHasNoMoreConnectionsThanItMay() throws Exception {
    // Given
    Destination api = local(withConnections(2));
    Call one = connect("task-1", api, 1);
    Call two = connect("task-1", api, 1);

    // When
    Call three = connect("task-1", api, 1);
    Call others = connect("task-2", api, 1);

    // Then
    assertEquals(Kind.LIMIT, three.failure().kind());
    assertTrue(others.connection().channel().isActive());
    one.connection().abort();
    two.connection().abort();
    one.connection().channel().closeFuture().await(20, TimeUnit.SECONDS);
    loop.submit(() -> {}).await(20, TimeUnit.SECONDS);
    assertTrue(connect("task-1", api, 1).connection().channel().isActive());
  }

  @Test
  void connectionGivenUpInTheMiddleOfAnExchangeIsNeverUsedAgain() throws Exception {
    // Given
    Destination api = local(Limits.DEFAULT);
    Call given = connect("task-1", api, 1);

    // When
    loop.submit(() -> given.connection().release()).await(20, TimeUnit.SECONDS);
    exchange("task-1", api, 1);

    // Then
    assertEquals(2, server.connections());
    assertFalse(given.connection().channel().isOpen());
  }

  private Destination local(Limits limits) {
    return Destinations.of("api", Scheme.HTTP, "127.0.0.1", server.address().getPort())
        .addresses("127.0.0.0/8")
        .limits(limits)
        .build();
  }

  private static Limits withConnections(int connections) {
    Limits all = Limits.DEFAULT;
    return new Limits(
        all.requestLine(),
        all.header(),
        all.headers(),
        all.body(),
        all.idle(),
        all.headerRead(),
        all.connect(),
        all.response(),
        connections,
        all.inFlight());
  }

  private Call exchange(Object task, Destination destination, long version) throws Exception {
    Call call = connect(task, destination, version);
    ByteBuf head =
        Unpooled.copiedBuffer(
            "GET /" + task + " HTTP/1.1\r\nHost: h\r\n\r\n", StandardCharsets.US_ASCII);
    loop.execute(
        () -> {
          var unused = call.connection().send(head, false, true);
        });
    call.ended.get(20, TimeUnit.SECONDS);
    loop.submit(() -> call.connection().release()).await(20, TimeUnit.SECONDS);
    return call;
  }

  private Call connect(Object task, Destination destination, long version) throws Exception {
    Call call = new Call();
    loop.execute(
        () -> upstreams.connect(loop, task, destination, version, null, true, false, call, call));
    call.begun.get(20, TimeUnit.SECONDS);
    return call;
  }

  private static final class Call implements ResponseListener, Upstreams.Waiting {
    private final CompletableFuture<Boolean> begun = new CompletableFuture<>();
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
    private final AtomicReference<@Nullable UpstreamConnection> connection =
        new AtomicReference<>();
    private final AtomicReference<@Nullable UpstreamFailure> failure = new AtomicReference<>();

    UpstreamConnection connection() {
      return Optional.ofNullable(connection.get()).orElseThrow();
    }

    UpstreamFailure failure() {
      return Optional.ofNullable(failure.get()).orElseThrow();
    }

    @Override
    public void connected(UpstreamConnection made) {
      connection.set(made);
      begun.complete(true);
    }

    @Override
    public void failed(UpstreamFailure why) {
      failure.set(why);
      begun.complete(false);
      ended.completeExceptionally(new IllegalStateException(why.detail()));
    }

    @Override
    public void end() {
      ended.complete(true);
    }

    @Override
    public void data(ByteBuf data) {
      data.release();
    }

    @Override
    public void interim(ResponseHead head) {}

    @Override
    public void switched(ResponseHead head) {
      throw new AssertionError("nothing here asks for an upgrade");
    }

    @Override
    public void head(ResponseHead head, Framing framing) {}

    @Override
    public void readComplete() {}

    @Override
    public void writabilityChanged(boolean writable) {}
  }
}
