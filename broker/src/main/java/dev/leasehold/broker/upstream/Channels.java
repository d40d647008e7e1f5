package dev.leasehold.broker.upstream;

import dev.leasehold.broker.http.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/** What all uses of Netty's channels share: epoll where there is epoll, writes and closes. */
public final class Channels {
  private Channels() {}

  static Class<? extends SocketChannel> socket(EventLoop loop) {
    return isEpoll(loop) ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  static Class<? extends DatagramChannel> datagram(EventLoop loop) {
    return isEpoll(loop) ? EpollDatagramChannel.class : NioDatagramChannel.class;
  }

  /** A new, unconnected socket. */
  static Channel newSocket(EventLoop loop) {
    return isEpoll(loop) ? new EpollSocketChannel() : new NioSocketChannel();
  }

  /** Closes, whatever comes of it. */
  @SuppressWarnings("FutureReturnValueIgnored") // nobody could do anything about a failure
  public static void close(Channel channel) {
    channel.close();
  }

  /** Queues {@code message} for the next flush; a failed write closes the channel by itself. */
  @SuppressWarnings("FutureReturnValueIgnored") // the close is what is listened to
  public static void write(Channel channel, Object message) {
    channel.write(message, channel.voidPromise());
  }

  /**
   * Queues a chunk of a body (RFC 9112 §7.1).
   *
   * @param data taken over; not empty, since an empty chunk is the last one
   */
  public static void writeChunk(Channel channel, ByteBuf data) {
    ByteBuf size = channel.alloc().directBuffer(16);
    Wire.chunkSize(size, data.readableBytes());
    write(channel, size);
    write(channel, data);
    write(channel, Wire.crlf());
  }

  /** Whether {@code loop} drives epoll's channels. */
  public static boolean isEpoll(EventLoop loop) {
    return loop instanceof IoEventLoop io && io.isCompatible(EpollIoHandle.class);
  }
}
