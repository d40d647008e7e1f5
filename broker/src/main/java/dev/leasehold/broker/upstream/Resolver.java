package dev.leasehold.broker.upstream;

import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Looks names up. Never blocks its caller. */
interface Resolver extends AutoCloseable {
  /**
   * Every address of {@code host}, at least one; failed when there is none or {@code timeout} is
   * over. Completes on any thread.
   *
   * @param loop where the call lives that asks
   */
  CompletionStage<List<InetAddress>> resolve(String host, Duration timeout, EventLoop loop);

  @Override
  void close();
}
