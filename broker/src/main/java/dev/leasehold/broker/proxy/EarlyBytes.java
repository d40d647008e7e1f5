package dev.leasehold.broker.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Keeps what a target says before anybody listens: one that greets and closes at once is read by
 * Netty whether we want it or not. No more than the system's own buffer held.
 */
final class EarlyBytes extends ChannelInboundHandlerAdapter {
  private final Deque<ByteBuf> pieces = new ArrayDeque<>();
  private boolean ended;

  private EarlyBytes() {}

  /** From here on nothing of {@code channel} is lost. On its event loop. */
  static void keep(Channel channel) {
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    channel.pipeline().addLast(new EarlyBytes());
  }

  /** Gives what was kept to those who have come to listen. */
  static void passOn(Channel channel) {
    ChannelHandlerContext context = channel.pipeline().context(EarlyBytes.class);
    if (context != null) {
      ((EarlyBytes) context.handler()).passOn(context);
      channel.pipeline().remove(context.handler());
    }
  }

  private void passOn(ChannelHandlerContext context) {
    boolean any = !pieces.isEmpty();
    while (!pieces.isEmpty()) {
      context.fireChannelRead(pieces.remove());
    }
    if (any) {
      context.fireChannelReadComplete();
    }
    if (ended) {
      context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    pieces.add((ByteBuf) message);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ended = true;
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    pieces.forEach(ByteBuf::release);
    pieces.clear();
  }
}
