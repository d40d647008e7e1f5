package dev.leasehold.broker.proxy;

import dev.leasehold.broker.audit.AuditFeed;
import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.policy.Decision;
import dev.leasehold.broker.policy.Referral;
import dev.leasehold.broker.proxy.Answers.Persisting;
import dev.leasehold.broker.upstream.Channels;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.CodecException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of an agent: what Netty tells of it, which call it serves, and what becomes of it
 * afterwards. {@link RequestLoop} reads what comes. Lives on one event loop.
 */
final class AgentConnection extends ChannelInboundHandlerAdapter implements Sweep.Watched {
  private static final Logger log = LoggerFactory.getLogger(AgentConnection.class);

  private final Serving serving;
  private final Door door;
  private final TaskNaming naming;
  private final Channel channel;
  private final AuditFeed audit;
  private final Incoming incoming;
  private final Lifetime lifetime;
  private final RequestLoop requests;

  private @Nullable ProxyCall call;
  private @Nullable OpaqueTunnel opaque;
  private boolean asking;
  private boolean leaving;
  private boolean reading = true;

  private AgentConnection(Serving serving, Door door, Channel channel) {
    this.serving = serving;
    this.door = door;
    this.channel = channel;
    this.audit = serving.audits().on(channel.eventLoop());
    this.naming =
        new TaskNaming(serving.tasks(), door, task -> serving.tokenUse().used(task, channel));
    this.incoming = new Incoming(serving.rules().get());
    this.lifetime = new Lifetime(serving, door);
    this.requests = new RequestLoop(serving, this, incoming, lifetime);
  }

  /** Serves what comes in by {@code door} over {@code channel}; on its event loop. */
  static AgentConnection enter(Serving serving, Door door, Channel channel) {
    AgentConnection connection = new AgentConnection(serving, door, channel);
    channel.pipeline().addLast(connection);
    Sweep.watch(connection);
    return connection;
  }

  @Override
  public Channel channel() {
    return channel;
  }

  Door door() {
    return door;
  }

  TaskNaming naming() {
    return naming;
  }

  AuditFeed audit() {
    return audit;
  }

  /** What has come and is not taken yet. */
  Incoming incoming() {
    return incoming;
  }

  /** The call that is served; null between two. */
  @Nullable ProxyCall call() {
    return call;
  }

  ProxyCall serve(ProxyCall next) {
    call = next;
    return next;
  }

  /** Whether the next bytes are those of a tunnel. */
  boolean isTunnel() {
    return opaque != null || asking;
  }

  /** Whether nothing is served any more. */
  boolean isLeaving() {
    return leaving;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (leaving) {
      in.release();
      return;
    }
    incoming.add(ctx.alloc(), in);
    requests.run();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    flushBody();
  }

  private void flushBody() {
    RequestStream request = sending();
    if (request != null) {
      request.flush();
    }
  }

  private @Nullable Exchange exchange() {
    return call == null ? null : call.exchange();
  }

  /** The request that is served, while more of it can be sent; else null. */
  @Nullable RequestStream sending() {
    Exchange exchange = exchange();
    return exchange == null ? null : exchange.sending();
  }

  /** A CONNECT was accepted: from here on {@code entry} reads. */
  void becomeTunnel(TunnelEntry entry) {
    Sweep.leave(this);
    channel.pipeline().replace(this, null, entry);
    var unused = channel.writeAndFlush(Answers.tunnelOpen());
  }

  /** The call has become a stream: all that comes from here on is its body. */
  void becomeStream() {
    lifetime.ends();
    incoming.expect(Framing.UNTIL_CLOSE);
    resume();
  }

  /** Takes nothing of a tunnel that engines are asked about, and goes on with what they say. */
  void begin(Referral referral, Consumer<Decision> then) {
    asking = true;
    read(false);
    var unused =
        referral
            .ask()
            .whenComplete(
                (settled, failure) ->
                    channel
                        .eventLoop()
                        .execute(
                            () -> {
                              asking = false;
                              if (channel.isActive()) {
                                then.accept(settled);
                              }
                            }));
  }

  /** Null when the tunnel is on its way. */
  @Nullable Refusal begin(OpaqueTunnel tunnel) {
    opaque = tunnel;
    read(false);
    return tunnel.begin();
  }

  /** From here on {@code splice} reads, and nobody looks at what. */
  void becomeOpaque(Splice splice) {
    opaque = null;
    Sweep.leave(this);
    channel.pipeline().remove(this);
    var unused = channel.writeAndFlush(Answers.tunnelOpen());
    splice.begin();
    Sweep.watch(splice);
  }

  /** The call can take more of its body. */
  void resume() {
    read(true);
    requests.run();
    flushBody();
  }

  void read(boolean on) {
    if (reading != on) {
      reading = on;
      channel.config().setAutoRead(on);
    }
  }

  /**
   * What an answer that begins now has to say.
   *
   * @param goesOn whether the answer itself lets the connection go on
   */
  Persisting persisting(boolean goesOn) {
    return lifetime.persisting(goesOn && incoming.isBodyOver());
  }

  /** The call's answer is written and flushed. */
  void over() {
    call = null;
    opaque = null;
    lifetime.idles();
    if (!lifetime.goesOn() || !incoming.isBodyOver()) {
      linger();
      return;
    }
    incoming.limits(serving.rules().get());
    read(true);
    requests.run();
  }

  /** Closing at once could make the system drop an answer that the agent has not read yet. */
  private void linger() {
    leaving = true;
    read(true);
    Farewell.afterAnswer(channel, lifetime::lingers);
  }

  /** The answer cannot be finished, and the agent has to notice. */
  void abort() {
    call = null;
    leaving = true;
    Farewell.breakOff(channel);
  }

  /** Ends what has waited too long, or would not be allowed any more. */
  @Override
  public void check(long now) {
    Exchange exchange = exchange();
    if (exchange != null) {
      exchange.check(now);
      if (call != null) {
        call.decideAgain();
      }
    } else if (call == null && !isTunnel() && lifetime.isOver(now)) {
      Channels.close(channel);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Exchange exchange = exchange();
    if (exchange != null) {
      exchange.agentWritable(channel.isWritable());
    } else if (call == null && !isTunnel() && channel.isWritable()) {
      resume();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    leaving = true;
    requests.stop();
    ProxyCall current = call;
    call = null;
    if (current != null) {
      current.agentGone();
    }
    if (opaque != null) {
      opaque.agentGone();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof RuntimeException && !(cause instanceof CodecException)) {
      log.error("event=call_broken cause={}", cause.getClass().getName(), cause);
    }
    Channels.close(channel); // resets are everyday
  }
}
