package dev.leasehold.broker.proxy;

import dev.leasehold.broker.audit.AuditFeed;
import dev.leasehold.broker.destination.Limits;
import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.MalformedMessage;
import dev.leasehold.broker.http.Persistence;
import dev.leasehold.broker.http.RequestHead;
import dev.leasehold.broker.proxy.Answers.Persisting;
import dev.leasehold.broker.upstream.Channels;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.CodecException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of an agent: takes requests out of its bytes, one after the other, and hands each
 * to a {@link ProxyCall}. What comes before a call is over waits, unread where it is much. Lives on
 * one event loop.
 */
final class AgentConnection extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(AgentConnection.class);

  /** Of the requests behind the one that is served. */
  private static final int MOST_AHEAD = 64 * 1024;

  /** How long what an agent still sends is thrown away, so that it can read the last answer. */
  private static final long LINGER_NANOS = Duration.ofSeconds(2).toNanos();

  private final Serving serving;
  private final Door door;
  private final TaskNaming naming;
  private final Channel channel;
  private final AuditFeed audit;
  private final Incoming incoming;

  private @Nullable ProxyCall call;
  private @Nullable OpaqueTunnel opaque;
  private boolean version11 = true;
  private boolean keepsAlive;
  private boolean processing;
  private boolean lingering;
  private boolean reading = true;

  /** When it is closed if no call is there; the reading of a head is bounded as a whole. */
  private long waitsUntil = System.nanoTime() + Limits.DEFAULT.idle().toNanos();

  private boolean headBegun;

  private AgentConnection(Serving serving, Door door, Channel channel) {
    this.serving = serving;
    this.door = door;
    this.channel = channel;
    this.audit = serving.audits().on(channel.eventLoop());
    this.naming = new TaskNaming(serving.tasks(), door);
    this.incoming = new Incoming(serving.rules().get());
  }

  /** Serves what comes in by {@code door} over {@code channel}; on its event loop. */
  static AgentConnection enter(Serving serving, Door door, Channel channel) {
    AgentConnection connection = new AgentConnection(serving, door, channel);
    channel.pipeline().addLast(connection);
    Sweep.watch(connection);
    return connection;
  }

  Channel channel() {
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

  boolean isVersion11() {
    return version11;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (lingering) {
      in.release();
      return;
    }
    incoming.add(ctx.alloc(), in);
    process();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    flushBody();
  }

  private void flushBody() {
    Exchange exchange = exchange();
    if (exchange != null) {
      exchange.flushBody();
    }
  }

  private @Nullable Exchange exchange() {
    return call == null ? null : call.exchange();
  }

  /** Goes on with what has come; not re-entrant. */
  private void process() {
    if (processing) {
      return;
    }
    processing = true;
    try {
      while (!lingering && step()) {
        // as far as it goes
      }
    } catch (MalformedMessage malformed) {
      if (call == null) {
        call = new ProxyCall(serving, this);
      }
      keepsAlive = false;
      call.refuse(Refusals.of(malformed).closing());
    } finally {
      processing = false;
    }
    if (lingering) {
      incoming.clear();
    } else {
      incoming.trim();
    }
  }

  /** False when nothing more can be done with the bytes that are there. */
  private boolean step() throws MalformedMessage {
    if (opaque != null) {
      return false; // what comes before the tunnel is open is none of its bytes
    }
    if (call == null) {
      if (incoming.size() == 0) {
        return false;
      }
      if (!channel.isWritable()) {
        read(false); // whoever does not read answers gets no more of them
        return false;
      }
      if (!headBegun) {
        headBegun = true;
        waitsUntil = System.nanoTime() + headerRead().toNanos();
      }
      byte[] head = incoming.head();
      if (head != null) {
        begin(head);
      }
      return head != null;
    }
    if (incoming.isBodyOver()) {
      if (incoming.size() > MOST_AHEAD) {
        read(false);
      }
      return false;
    }
    Exchange exchange = exchange();
    if (exchange == null || !exchange.takesBody()) {
      read(false);
      return false;
    }
    ByteBuf piece = incoming.bodyPiece();
    if (piece != null) {
      exchange.body(piece);
    }
    if (incoming.isBodyOver()) {
      exchange.bodyOver();
    }
    return piece != null;
  }

  private Duration headerRead() {
    RuleSet rules = serving.rules().get();
    return door.destinationName()
        .flatMap(rules.policy()::destination)
        .map(destination -> destination.limits().headerRead())
        .orElse(rules.longestHeaderRead());
  }

  private void begin(byte[] bytes) throws MalformedMessage {
    RequestHead head = RequestHead.parse(bytes);
    version11 = head.isVersion11();
    Framing framing = Framing.ofRequest(head);
    keepsAlive = Persistence.keepsAlive(head.fields(), version11);
    incoming.expect(framing);
    if (head.method().equals("CONNECT")) {
      new TunnelRequest(serving, this).begin(head, framing);
      return;
    }
    call = new ProxyCall(serving, this);
    call.begin(head, framing, bytes.length);
  }

  /** Whether bytes behind the request have come already. */
  boolean hasReadAhead() {
    return incoming.size() > 0;
  }

  /** A CONNECT was accepted: from here on {@code entry} reads. */
  void becomeTunnel(TunnelEntry entry) {
    Sweep.leave(this);
    channel.pipeline().replace(this, null, entry);
    var unused = channel.writeAndFlush(Answers.tunnelOpen());
  }

  /** The call has become a stream: all that comes from here on is its body. */
  void becomeStream() {
    keepsAlive = false;
    incoming.expect(Framing.UNTIL_CLOSE);
    resume();
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
  }

  /** The call can take more of its body. */
  void resume() {
    read(true);
    process();
    flushBody();
  }

  private void read(boolean on) {
    if (reading != on) {
      reading = on;
      channel.config().setAutoRead(on);
    }
  }

  boolean isBodyOver() {
    return incoming.isBodyOver();
  }

  /** Throws away what has come of the body; true when that was all of it. */
  boolean discardBody() {
    return incoming.discardBody();
  }

  /**
   * What an answer that begins now has to say.
   *
   * @param goesOn whether the answer itself lets the connection go on
   */
  Persisting persisting(boolean goesOn) {
    keepsAlive &= goesOn && incoming.isBodyOver();
    if (!keepsAlive) {
      return Persisting.CLOSED;
    }
    return version11 ? Persisting.BY_DEFAULT : Persisting.KEPT;
  }

  /** The call's answer is written and flushed. */
  void over() {
    call = null;
    opaque = null;
    headBegun = false;
    waitsUntil = System.nanoTime() + Limits.DEFAULT.idle().toNanos();
    if (!keepsAlive || !incoming.isBodyOver()) {
      linger();
      return;
    }
    incoming.limits(serving.rules().get());
    read(true);
    process();
  }

  /** Closing at once could make the system drop an answer that the agent has not read yet. */
  private void linger() {
    lingering = true;
    read(true);
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            written -> {
              waitsUntil = System.nanoTime() + LINGER_NANOS;
              Farewell.say(channel);
            });
  }

  /** The answer cannot be finished, and the agent has to notice. */
  void abort() {
    call = null;
    lingering = true;
    Farewell.breakOff(channel);
  }

  /** Closes what has waited too long. On the event loop. */
  void check(long now) {
    Exchange exchange = exchange();
    if (exchange != null) {
      exchange.check(now);
    } else if (call == null && opaque == null && now - waitsUntil > 0) {
      Channels.close(channel);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Exchange exchange = exchange();
    if (exchange != null) {
      exchange.agentWritable(channel.isWritable());
    } else if (call == null && opaque == null && channel.isWritable()) {
      resume();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    lingering = true;
    if (!processing) {
      incoming.clear();
    }
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
