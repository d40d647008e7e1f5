package dev.leasehold.broker.proxy;

import dev.leasehold.broker.local.SocketFile;
import dev.leasehold.broker.upstream.Channels;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One local address, and the connections that came to it. */
final class Listener implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Listener.class);
  private static final int BACKLOG = 1024;
  private static final long BIND_SECONDS = 10;

  /** Of all listeners together; more are closed as they come. */
  private static final int MOST_CONNECTIONS = 8192;

  private static final AtomicInteger CONNECTIONS = new AtomicInteger();

  private final Channel channel;
  private final SocketAddress address;
  private final @Nullable SocketFile file;
  private final Set<Channel> connections;

  private Listener(
      Channel channel, SocketAddress address, @Nullable SocketFile file, Set<Channel> connections) {
    this.channel = channel;
    this.address = address;
    this.file = file;
    this.connections = connections;
  }

  /** What is done with a connection that has just come; on its event loop. */
  @FunctionalInterface
  interface Arrival {
    /**
     * @param bound the listener's own address
     */
    void arrived(Channel connection, SocketAddress bound);
  }

  /** Binds; blocks. */
  static Listener open(
      EventLoopGroup acceptors, EventLoopGroup loops, ListenAddress wanted, Arrival arrival)
      throws IOException {
    Set<Channel> connections = ConcurrentHashMap.newKeySet();
    boolean epoll = Channels.isEpoll(acceptors.next());
    SocketAddress address;
    Class<? extends ServerChannel> type;
    switch (wanted) {
      case ListenAddress.Tcp(InetSocketAddress tcp) -> {
        address = tcp;
        type = epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
      }
      case ListenAddress.Unix unix -> {
        SocketFile.prepare(unix.path());
        address = epoll ? new DomainSocketAddress(unix.path().toFile()) : unix.socketAddress();
        type = epoll ? EpollServerDomainSocketChannel.class : NioServerDomainSocketChannel.class;
      }
    }
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(acceptors, loops)
            .channel(type)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    accept(connection, connections, arrival);
                  }
                });
    if (wanted instanceof ListenAddress.Tcp) {
      bootstrap
          .option(ChannelOption.SO_REUSEADDR, true)
          .childOption(ChannelOption.TCP_NODELAY, true);
    }
    ChannelFuture bound = bootstrap.bind(address);
    if (!bound.awaitUninterruptibly(BIND_SECONDS, TimeUnit.SECONDS) || !bound.isSuccess()) {
      throw new IOException("proxy: cannot listen on " + address, bound.cause());
    }
    return switch (wanted) {
      case ListenAddress.Tcp tcp ->
          new Listener(bound.channel(), bound.channel().localAddress(), null, connections);
      case ListenAddress.Unix unix ->
          new Listener(
              bound.channel(), unix.socketAddress(), SocketFile.open(unix.path()), connections);
    };
  }

  private static void accept(Channel connection, Set<Channel> connections, Arrival arrival) {
    if (CONNECTIONS.incrementAndGet() > MOST_CONNECTIONS) {
      CONNECTIONS.decrementAndGet();
      Channels.close(connection);
      return;
    }
    connections.add(connection);
    connection
        .closeFuture()
        .addListener(
            closed -> {
              CONNECTIONS.decrementAndGet();
              connections.remove(connection);
            });
    arrival.arrived(connection, connection.parent().localAddress());
  }

  /** With its real port. */
  SocketAddress address() {
    return address;
  }

  /** Closes it and every connection that came to it; blocks for a moment. */
  @Override
  public void close() {
    channel.close().awaitUninterruptibly(BIND_SECONDS, TimeUnit.SECONDS);
    connections.forEach(Channels::close);
    if (file != null) {
      try {
        file.remove();
      } catch (IOException left) {
        log.warn("event=socket_left cause=\"{}\"", left.getMessage());
      }
    }
  }
}
