package dev.leasehold.broker.local;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;

/**
 * A socket's registration with epoll that is kept while nothing is waited for. Netty takes a socket
 * out of epoll then (since netty/netty#16689; 4.2.20 still does), and fails to put it back: the
 * next wish to read or write ends in ENOENT, and bytes that were on their way are lost. That
 * befalls a connection whose peer has finished sending while we are told not to read.
 * Edge-triggered, an empty wish wakes nobody twice.
 */
record KeptRegistration(IoRegistration of) implements IoRegistration {
  private static final long CANCELLED = -1;

  @Override
  public long submit(IoOps ops) {
    if (!ops.equals(EpollIoOps.NONE)) {
      return of.submit(ops);
    }
    return of.submit(EpollIoOps.EPOLLET) == CANCELLED ? CANCELLED : 0;
  }

  @Override
  @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's
  public <T> T attachment() {
    return of.attachment();
  }

  @Override
  public boolean isValid() {
    return of.isValid();
  }

  @Override
  public boolean cancel() {
    return of.cancel();
  }

  /** Gives every socket such a registration. */
  record Handler(IoHandler of) implements IoHandler {
    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
      return new KeptRegistration(of.register(handle));
    }

    @Override
    public void initialize() {
      of.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
      return of.run(context);
    }

    @Override
    public void prepareToDestroy() {
      of.prepareToDestroy();
    }

    @Override
    public void destroy() {
      of.destroy();
    }

    @Override
    public void wakeup() {
      of.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
      return of.isCompatible(handleType);
    }
  }
}
