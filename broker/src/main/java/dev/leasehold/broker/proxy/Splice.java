package dev.leasehold.broker.proxy;

import dev.leasehold.broker.upstream.Channels;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Passes bytes between two connections of one event loop, unseen: each side is read only as fast as
 * the other one takes it, and each may say that it has no more without ending the other's say.
 */
final class Splice implements Sweep.Watched {
  private final Channel agent;
  private final Channel target;
  private final Duration idle;
  private final CallRecord record;
  private final Runnable decideAgain;
  private final Runnable ended;
  private int endsPassedOn;

  /**
   * @param decideAgain called now and then, to cut it if it would not be allowed any more
   * @param ended called once when both sides are through, or one has broken
   */
  Splice(
      Channel agent,
      Channel target,
      Duration idle,
      CallRecord record,
      Runnable decideAgain,
      Runnable ended) {
    this.agent = agent;
    this.target = target;
    this.idle = idle;
    this.record = record;
    this.decideAgain = decideAgain;
    this.ended = ended;
  }

  @Override
  public Channel channel() {
    return agent;
  }

  @Override
  public void check(long now) {
    decideAgain.run();
  }

  /** Begins; the agent's connection has no other reader any more. */
  void begin() {
    join(agent, new Side(target, true));
    join(target, new Side(agent, false));
    EarlyBytes.passOn(target);
    agent.pipeline().addFirst(new IdleStateHandler(0, 0, idle.toMillis(), TimeUnit.MILLISECONDS));
    agent.config().setAutoRead(true);
    target.config().setAutoRead(true);
  }

  private void join(Channel channel, Side side) {
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    channel.pipeline().addLast(side);
    channel
        .closeFuture()
        .addListener(
            gone -> {
              if (!side.isPassingOnTheEnd()) {
                ended.run();
              }
            });
  }

  void close() {
    Channels.close(agent);
    Channels.close(target);
  }

  private final class Side extends ChannelInboundHandlerAdapter {
    private final Channel other;
    private final boolean fromAgent;
    private boolean saidAll;
    private boolean passedOn;

    Side(Channel other, boolean fromAgent) {
      this.other = other;
      this.fromAgent = fromAgent;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      int bytes = ((ByteBuf) message).readableBytes();
      if (fromAgent) {
        record.in(bytes);
      } else {
        record.out(bytes);
      }
      Channels.write(other, message);
      if (!other.isWritable()) {
        ctx.channel().config().setAutoRead(false);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      other.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      other.config().setAutoRead(ctx.channel().isWritable());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof ChannelInputShutdownEvent && !saidAll) {
        saidAll = true;
        passOnTheEnd(ctx.channel());
      } else if (event instanceof IdleStateEvent) {
        close();
      }
    }

    /** Netty closes a connection that has ended both ways, while its last bytes still wait here. */
    boolean isPassingOnTheEnd() {
      return saidAll && !passedOn;
    }

    /** Behind all that is on its way; when that has gone both ways, nothing is left to do. */
    private void passOnTheEnd(Channel own) {
      other
          .writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener(
              written -> {
                passedOn = true;
                if (++endsPassedOn == 2 || !own.isOpen()) {
                  close();
                  ended.run();
                } else {
                  var unused = ((DuplexChannel) other).shutdownOutput();
                }
              });
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (!saidAll) {
        close(); // broken off: nothing can be told any more to whoever is left
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      close();
    }
  }
}
