package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.Limits;
import dev.leasehold.broker.destination.Target.Scheme;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.upstream.Channels;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the first byte inside a tunnel, which tells TLS from plain HTTP (RFC 8446 §5.1), and
 * makes way for what reads on.
 */
final class TunnelEntry extends ChannelInboundHandlerAdapter {
  private static final int TLS_HANDSHAKE = 0x16;

  private final Serving serving;
  private final Task task;
  private final Authority authority;
  private final CompletableFuture<SslContext> tls;
  private @Nullable Future<?> patience;

  TunnelEntry(Serving serving, Task task, Authority authority, CompletableFuture<SslContext> tls) {
    this.serving = serving;
    this.task = task;
    this.authority = authority;
    this.tls = tls;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    long millis = Limits.DEFAULT.headerRead().toMillis();
    patience =
        ctx.executor().schedule(() -> Channels.close(ctx.channel()), millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (patience != null) {
      patience.cancel(false);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (!in.isReadable()) {
      in.release();
      return;
    }
    if (in.getUnsignedByte(in.readerIndex()) == TLS_HANDSHAKE) {
      ctx.pipeline().addLast(new AgentHandshake(serving, task, authority, tls));
    } else {
      AgentConnection.enter(
          serving, new Door.Tunnel(task, authority, Scheme.HTTP, true), ctx.channel());
    }
    ctx.fireChannelRead(in);
    ctx.pipeline().remove(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Channels.close(ctx.channel());
  }
}
