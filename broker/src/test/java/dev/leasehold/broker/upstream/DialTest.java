package dev.leasehold.broker.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Target.Scheme;
import dev.leasehold.broker.testing.Destinations;
import dev.leasehold.broker.upstream.UpstreamFailure.Kind;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DialTest {
  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final FakeResolver resolver = new FakeResolver();
  private CountingServer server;

  @BeforeEach
  void listen() throws IOException {
    server = CountingServer.at("127.0.0.1");
  }

  @AfterEach
  void close() throws InterruptedException {
    server.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);
  }

  @Test
  void nameIsLookedUpOnceAndTheCheckedAddressIsTheOneDialled() throws Exception {
    // Given
    resolver.answers.add(List.of(InetAddress.ofLiteral("127.0.0.1")));
    resolver.answers.add(List.of(InetAddress.ofLiteral("169.254.169.254"))); // were it asked again

    // When
    Object dialled = dial(local("api.example"));

    // Then
    Channel channel = assertInstanceOf(Channel.class, dialled);
    assertEquals(server.address(), channel.remoteAddress());
    assertEquals(List.of("api.example"), resolver.asked);
    Channels.close(channel);
  }

  @Test
  void rebindingNameIsRefusedEachTimeItLeadsAstrayAndNothingIsConnected() throws Exception {
    for (int round = 0; round < 50; round++) {
      // Given
      resolver.answers.add(
          List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("169.254.169.254")));

      // When
      Object dialled = dial(local("api.example"));

      // Then
      assertEquals(Kind.ADDRESS_REFUSED, assertInstanceOf(UpstreamFailure.class, dialled).kind());
    }
    assertEquals(0, server.connections());
    assertEquals(50, resolver.asked.size());
  }

  @Test
  void literalIsCheckedLikeAnyAddressAndNeverLookedUp() throws Exception {
    // Given
    Destination unlisted =
        Destinations.of("api", Scheme.HTTP, "127.0.0.1", server.address().getPort()).build();

    // When
    Object refused = dial(unlisted);
    Object dialled = dial(local("127.0.0.1"));

    // Then
    assertEquals(Kind.ADDRESS_REFUSED, assertInstanceOf(UpstreamFailure.class, refused).kind());
    Channels.close(assertInstanceOf(Channel.class, dialled));
    assertEquals(List.of(), resolver.asked);
  }

  @Test
  void nextAddressIsTriedWhenOneDoesNotAccept() throws Exception {
    // Given
    resolver.answers.add(
        List.of(InetAddress.ofLiteral("127.0.0.2"), InetAddress.ofLiteral("127.0.0.1")));

    // When
    Object dialled = dial(local("api.example"));

    // Then
    Channel channel = assertInstanceOf(Channel.class, dialled);
    assertEquals(server.address(), channel.remoteAddress());
    Channels.close(channel);
  }

  @Test
  void nameWithoutAnAddressIsAFailureToConnect() throws Exception {
    // When
    Object dialled = dial(local("api.example"));

    // Then
    UpstreamFailure failure = assertInstanceOf(UpstreamFailure.class, dialled);
    assertEquals(Kind.CONNECT, failure.kind());
    assertEquals(0, server.connections());
  }

  private Destination local(String host) {
    return Destinations.of("api", Scheme.HTTP, host, server.address().getPort())
        .addresses("127.0.0.0/8")
        .build();
  }

  /** The channel, or the failure. */
  private Object dial(Destination destination) throws Exception {
    EventLoop loop = loops.next();
    CompletableFuture<Object> outcome = new CompletableFuture<>();
    AddressGuard guard = new AddressGuard(new OwnAddresses(System::nanoTime));
    loop.execute(
        () ->
            new Dial(
                    resolver,
                    guard,
                    Optional.of(new TlsContexts(System::nanoTime)),
                    destination,
                    null,
                    loop,
                    outcome::complete,
                    outcome::complete)
                .start());
    return outcome.get(20, TimeUnit.SECONDS);
  }

  /** Gives its answers one after the other; without one the name does not exist. */
  private static final class FakeResolver implements Resolver {
    private final List<List<InetAddress>> answers = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();

    @Override
    public CompletionStage<List<InetAddress>> resolve(
        String host, Duration timeout, EventLoop loop) {
      asked.add(host);
      return answers.isEmpty()
          ? CompletableFuture.failedStage(new UnknownHostException("no such name"))
          : CompletableFuture.completedStage(answers.removeFirst());
    }

    @Override
    public void close() {}
  }
}
