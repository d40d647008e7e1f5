package dev.leasehold.broker.local;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.impl.transports.EpollTransport;
import io.vertx.core.transport.Transport;

/** Vert.x with event loops on epoll where there is epoll, and on NIO elsewhere. */
public final class EventLoops {
  private EventLoops() {}

  public static Vertx start(VertxOptions options) {
    var builder = Vertx.builder().with(options);
    return Epoll.isAvailable() ? builder.withTransport(new OnEpoll()).build() : builder.build();
  }

  /** Epoll's handlers, without the fault that {@link KeptRegistration} tells of. */
  static IoHandlerFactory epoll() {
    IoHandlerFactory epoll = EpollIoHandler.newFactory();
    return new IoHandlerFactory() {
      @Override
      public IoHandler newHandler(ThreadAwareExecutor executor) {
        return new KeptRegistration.Handler(epoll.newHandler(executor));
      }

      @Override
      public boolean isChangingThreadSupported() {
        return epoll.isChangingThreadSupported();
      }
    };
  }

  private static final class OnEpoll implements Transport {
    @Override
    public String name() {
      return "epoll";
    }

    @Override
    public boolean available() {
      return true;
    }

    @Override
    public Throwable unavailabilityCause() {
      throw new IllegalStateException("epoll is there");
    }

    @Override
    public io.vertx.core.spi.transport.Transport implementation() {
      return new EpollTransport() {
        @Override
        public IoHandlerFactory ioHandlerFactory() {
          return epoll();
        }
      };
    }
  }
}
