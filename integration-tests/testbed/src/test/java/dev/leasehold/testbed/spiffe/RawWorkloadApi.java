package dev.leasehold.testbed.spiffe;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.stub.MetadataUtils;
import io.spiffe.workloadapi.grpc.SpiffeWorkloadAPIGrpc;
import io.spiffe.workloadapi.grpc.SpiffeWorkloadAPIGrpc.SpiffeWorkloadAPIBlockingStub;
import java.net.URI;
import java.util.concurrent.TimeUnit;

/** A Workload API client without java-spiffe's retries, so that a test sees each answer itself. */
final class RawWorkloadApi implements AutoCloseable {

  private final EpollEventLoopGroup loop = new EpollEventLoopGroup(1);
  private final ManagedChannel channel;

  RawWorkloadApi(URI workloadApi) {
    this.channel =
        NettyChannelBuilder.forAddress(new DomainSocketAddress(workloadApi.getPath()))
            .eventLoopGroup(loop)
            .channelType(EpollDomainSocketChannel.class)
            .usePlaintext()
            .build();
  }

  SpiffeWorkloadAPIBlockingStub withoutHeader() {
    return SpiffeWorkloadAPIGrpc.newBlockingStub(channel);
  }

  SpiffeWorkloadAPIBlockingStub stub() {
    Metadata header = new Metadata();
    header.put(Metadata.Key.of("workload.spiffe.io", Metadata.ASCII_STRING_MARSHALLER), "true");
    return withoutHeader().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(header));
  }

  @Override
  public void close() {
    channel.shutdownNow();
    var unused = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
