package dev.leasehold.broker.proxy;

import dev.leasehold.broker.upstream.Channels;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/** How a connection to an agent ends, so that the agent can tell what it means. */
final class Farewell {
  private Farewell() {}

  /**
   * After what was written so far: we have no more to say, in TLS's own words first where it is
   * spoken (RFC 8446 §6.1).
   *
   * @param then when it was written
   */
  static void afterAnswer(Channel channel, Runnable then) {
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            written -> {
              then.run();
              say(channel);
            });
  }

  private static void say(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      shutdownOutput(channel);
    } else {
      tls.closeOutbound().addListener(said -> shutdownOutput(channel));
    }
  }

  private static void shutdownOutput(Channel channel) {
    if (channel instanceof DuplexChannel duplex) {
      var unused = duplex.shutdownOutput();
    }
  }

  /** In the middle of an answer: a reset, where one can be sent, since a plain end could pass. */
  static void breakOff(Channel channel) {
    if (channel.config().getOption(ChannelOption.SO_LINGER) != null) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    Channels.close(channel);
  }
}
