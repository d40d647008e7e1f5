package dev.leasehold.testbed.spiffe;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The Unix socket that a {@link WorkloadApiService} listens on, open to every uid as SPIRE's is.
 */
final class WorkloadApiSocket implements AutoCloseable {

  private static final Metadata.Key<String> SECURITY_HEADER =
      Metadata.Key.of("workload.spiffe.io", Metadata.ASCII_STRING_MARSHALLER);

  private final EpollEventLoopGroup loop;
  private final Server server;

  private WorkloadApiSocket(EpollEventLoopGroup loop, Server server) {
    this.loop = loop;
    this.server = server;
  }

  static WorkloadApiSocket listen(Path path, WorkloadApiService service) {
    EpollEventLoopGroup loop = new EpollEventLoopGroup(1);
    try {
      Files.deleteIfExists(path);
      Server server =
          NettyServerBuilder.forAddress(
                  new DomainSocketAddress(path.toFile()), PeerUid.credentials())
              .channelType(EpollServerDomainSocketChannel.class)
              .bossEventLoopGroup(loop)
              .workerEventLoopGroup(loop)
              .executor(Executors.newVirtualThreadPerTaskExecutor())
              .intercept(new HeaderCheck())
              .intercept(new PeerUid())
              .addService(service)
              .build()
              .start();
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
      return new WorkloadApiSocket(loop, server);
    } catch (IOException refused) {
      var unused = loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      throw new UncheckedIOException(refused);
    }
  }

  /** Cuts every connection. */
  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * SPIFFE_Workload_Endpoint.md §3: without the header a request may have been forged by a browser.
   */
  private static final class HeaderCheck implements ServerInterceptor {

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      if ("true".equals(headers.get(SECURITY_HEADER))) {
        return next.startCall(call, headers);
      }
      call.close(
          Status.INVALID_ARGUMENT.withDescription("security header missing from request"),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
  }
}
