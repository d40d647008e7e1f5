package dev.leasehold.broker.upstream;

import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The operating system's resolver, its hosts file included. It has a few platform threads of its
 * own: the C library's look-up would hold the carrier of a virtual thread for as long as it takes.
 */
final class SystemResolver implements Resolver {
  private static final int THREADS = 4;
  private static final int QUEUE = 1000;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          10,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(QUEUE),
          Thread.ofPlatform().daemon().name("resolver-", 0).factory());

  SystemResolver() {
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public CompletionStage<List<InetAddress>> resolve(String host, Duration timeout, EventLoop loop) {
    return CompletableFuture.supplyAsync(() -> lookUp(host), threads)
        .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static List<InetAddress> lookUp(String host) {
    try {
      return List.of(InetAddress.getAllByName(host));
    } catch (UnknownHostException unknown) {
      throw new CompletionException(unknown);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
