package dev.leasehold.broker;

import dev.leasehold.broker.config.Configuration;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.ResponseHead;
import dev.leasehold.broker.identity.Identity;
import dev.leasehold.broker.telemetry.BootClock;
import dev.leasehold.broker.upstream.OwnAddresses;
import dev.leasehold.broker.upstream.ResponseListener;
import dev.leasehold.broker.upstream.UpstreamConnection;
import dev.leasehold.broker.upstream.UpstreamFailure;
import dev.leasehold.broker.upstream.Upstreams;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Connects to destinations as a call would, by the same names, addresses, roots and limits, and
 * sends nothing.
 */
final class DestinationTrial implements AutoCloseable {
  private static final long SPARE_MILLIS = 2_000;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Upstreams upstreams;
  private final Findings findings;

  DestinationTrial(
      Configuration configuration, Identity identity, BootClock clock, Findings findings) {
    this.upstreams =
        new Upstreams(
            configuration.proxy().nameServer(),
            new OwnAddresses(clock::nanos),
            clock::nanos,
            () -> identity.current().map(Broker::certificate));
    this.findings = findings;
  }

  void reach(Destination destination) throws InterruptedException {
    String what = "destinations." + destination.name();
    try {
      Optional<UpstreamFailure> failure =
          connect(destination)
              .get(destination.limits().connect().toMillis() + SPARE_MILLIS, TimeUnit.MILLISECONDS);
      if (failure.isPresent()) {
        findings.failed(what, failure.get().detail());
      } else {
        findings.fine(
            what,
            switch (destination.target().scheme()) {
              case HTTPS -> "reached, and its certificate is verified";
              case HTTP -> "reached, without TLS";
              case POSTGRESQL -> "reached; whether it speaks TLS is not tried";
            });
      }
    } catch (TimeoutException slow) {
      findings.failed(what, "no connection in the time that limits.connect allows");
    } catch (ExecutionException bug) {
      throw new IllegalStateException(bug.getCause());
    }
  }

  private CompletableFuture<Optional<UpstreamFailure>> connect(Destination destination) {
    CompletableFuture<Optional<UpstreamFailure>> result = new CompletableFuture<>();
    Object task = new Object();
    EventLoop loop = loops.next();
    loop.execute(
        () ->
            upstreams.connect(
                loop,
                task,
                destination,
                0,
                null,
                false,
                true,
                new NothingExpected(),
                new Upstreams.Waiting() {
                  @Override
                  public void connected(UpstreamConnection connection) {
                    upstreams.forget(task);
                    result.complete(Optional.empty());
                  }

                  @Override
                  public void failed(UpstreamFailure failure) {
                    upstreams.forget(task);
                    result.complete(Optional.of(failure));
                  }
                }));
    return result;
  }

  @Override
  public void close() {
    upstreams.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** Nothing was asked, so that whatever comes is thrown away. */
  private static final class NothingExpected implements ResponseListener {
    @Override
    public void interim(ResponseHead head) {}

    @Override
    public void switched(ResponseHead head) {}

    @Override
    public void head(ResponseHead head, Framing framing) {}

    @Override
    public void data(ByteBuf data) {
      data.release();
    }

    @Override
    public void end() {}

    @Override
    public void readComplete() {}

    @Override
    public void failed(UpstreamFailure failure) {}

    @Override
    public void writabilityChanged(boolean writable) {}
  }
}
