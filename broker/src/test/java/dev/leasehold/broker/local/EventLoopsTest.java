package dev.leasehold.broker.local;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

final class EventLoopsTest {
  /** The writing end of a pipe, which can always be written to. */
  private record Pipe(FileDescriptor fd, CompletableFuture<EpollIoOps> told)
      implements EpollIoHandle {
    @Override
    public void handle(IoRegistration registration, IoEvent event) {
      told.complete(((EpollIoEvent) event).ops());
      var unused = registration.submit(EpollIoOps.NONE);
    }

    @Override
    public void close() throws IOException {
      fd.close();
    }
  }

  @Test
  void socketThatWaitedForNothingCanWaitAgain() throws Exception {
    Assumptions.assumeTrue(Epoll.isAvailable(), "no epoll here");
    FileDescriptor[] ends = FileDescriptor.pipe();
    try (MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(1, EventLoops.epoll())) {
      // Given
      Pipe pipe = new Pipe(ends[1], new CompletableFuture<>());
      IoEventLoop loop = group.next();
      IoRegistration registration = loop.register(pipe).get(10, TimeUnit.SECONDS);
      assertTrue(registration.submit(EpollIoOps.EPOLLRDHUP) >= 0);

      // When
      assertTrue(registration.submit(EpollIoOps.NONE) >= 0);
      assertTrue(registration.submit(EpollIoOps.EPOLLOUT) >= 0);

      // Then
      assertTrue(pipe.told().get(10, TimeUnit.SECONDS).contains(EpollIoOps.EPOLLOUT));
    } finally {
      ends[0].close();
    }
  }
}
