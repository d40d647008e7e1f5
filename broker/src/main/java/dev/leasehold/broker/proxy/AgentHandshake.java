package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.Limits;
import dev.leasehold.broker.destination.Target.Scheme;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.upstream.Channels;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the agent's ClientHello and goes on with TLS as the host that CONNECT named, whatever name
 * the hello asks for: where they differ, the first request inside is told so. A hello that hides
 * its name (ECH) shows an outer one, which then differs.
 */
final class AgentHandshake extends AbstractSniHandler<SslContext> {
  private static final Logger log = LoggerFactory.getLogger(AgentHandshake.class);
  private static final int LONGEST_HELLO = 16 * 1024;
  private static final long PATIENCE_MILLIS = Limits.DEFAULT.headerRead().toMillis();

  private final Serving serving;
  private final Task task;
  private final Authority authority;
  private final CompletableFuture<SslContext> context;

  AgentHandshake(
      Serving serving, Task task, Authority authority, CompletableFuture<SslContext> context) {
    super(LONGEST_HELLO, PATIENCE_MILLIS);
    this.serving = serving;
    this.task = task;
    this.authority = authority;
    this.context = context;
  }

  @Override
  protected Future<SslContext> lookup(ChannelHandlerContext ctx, @Nullable String name) {
    Promise<SslContext> found = ctx.executor().newPromise();
    var unused =
        context.whenComplete(
            (ready, failure) -> {
              if (failure == null) {
                found.trySuccess(ready);
              } else {
                found.tryFailure(failure);
              }
            });
    return found;
  }

  @Override
  protected void onLookupComplete(
      ChannelHandlerContext ctx, @Nullable String name, Future<SslContext> found) {
    if (!found.isSuccess()) {
      log.error("event=leaf_failed cause=\"{}\"", String.valueOf(found.cause()));
      Channels.close(ctx.channel());
      return;
    }
    boolean agrees = name == null || name.equals(authority.host());
    SslHandler tls = found.getNow().newHandler(ctx.alloc());
    tls.setHandshakeTimeoutMillis(PATIENCE_MILLIS);
    tls.handshakeFuture().addListener(this::shaken);
    boolean taken = false;
    try {
      AgentConnection.enter(
          serving, new Door.Tunnel(task, authority, Scheme.HTTPS, agrees), ctx.channel());
      ctx.pipeline().replace(this, null, tls);
      taken = true;
    } finally {
      if (!taken) {
        ReferenceCountUtil.safeRelease(
            tls.engine()); // the agent has gone, and the pipeline with it
      }
    }
  }

  private void shaken(Future<?> handshake) {
    if (!handshake.isSuccess()) {
      log.debug(
          "event=agent_tls_failed task={} cause=\"{}\" hint=\"does the agent trust ca.crt?\"",
          task.id(),
          String.valueOf(handshake.cause()));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Channels.close(ctx.channel()); // no TLS after all, or too long a hello
  }
}
