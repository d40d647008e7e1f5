package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.Limits;
import dev.leasehold.broker.http.BodyReader;
import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.HeadReader;
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
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One connection of an agent: takes requests out of its bytes, one after the other, and hands each
 * to a {@link ProxyCall}. What comes before a call is over waits, unread where it is much. Lives on
 * one event loop.
 */
final class AgentConnection extends ChannelInboundHandlerAdapter {
  /** Of the requests behind the one that is served. */
  private static final int MOST_AHEAD = 64 * 1024;

  /** How long what an agent still sends is thrown away, so that it can read the last answer. */
  private static final long LINGER_NANOS = Duration.ofSeconds(2).toNanos();

  private final Serving serving;
  private final Door door;
  private final TaskNaming naming;
  private final Channel channel;
  private final HeadReader heads;
  private final BodyReader body = BodyReader.strict();

  private @Nullable ByteBuf unread;
  private @Nullable ProxyCall call;
  private boolean bodyOver = true;
  private boolean version11 = true;
  private boolean keepsAlive;
  private boolean processing;
  private boolean lingering;
  private boolean reading = true;

  /** When it is closed if no call is there; the reading of a head is bounded as a whole. */
  private long waitsUntil = System.nanoTime() + Limits.DEFAULT.idle().toNanos();

  private boolean headBegun;

  AgentConnection(Serving serving, Door door, Channel channel) {
    this.serving = serving;
    this.door = door;
    this.channel = channel;
    this.naming = new TaskNaming(serving.tasks(), door);
    RuleSet rules = serving.rules().get();
    this.heads = new HeadReader(rules.longestLine(), rules.largestHeader(), rules.mostFields());
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
    unread =
        unread == null
            ? in
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), unread, in);
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
      while (unread != null && !lingering && step(unread)) {
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
    if (unread != null && (lingering || !unread.isReadable())) {
      unread.release();
      unread = null;
    }
  }

  /** False when nothing more can be done with the bytes that are there. */
  private boolean step(ByteBuf in) throws MalformedMessage {
    if (call == null) {
      if (!in.isReadable()) {
        return false;
      }
      if (!headBegun) {
        headBegun = true;
        waitsUntil = System.nanoTime() + Limits.DEFAULT.headerRead().toNanos();
      }
      byte[] head = heads.read(in);
      if (head != null) {
        begin(head);
      }
      return head != null;
    }
    if (bodyOver) {
      if (in.readableBytes() > MOST_AHEAD) {
        read(false);
      }
      return false;
    }
    Exchange exchange = exchange();
    if (exchange == null || !exchange.takesBody()) {
      read(false);
      return false;
    }
    ByteBuf piece = body.read(in);
    if (piece != null) {
      exchange.body(piece);
    }
    if (body.isDone()) {
      bodyOver = true;
      exchange.bodyOver();
    }
    return piece != null;
  }

  private void begin(byte[] bytes) throws MalformedMessage {
    RequestHead head = RequestHead.parse(bytes);
    version11 = head.isVersion11();
    Framing framing = Framing.ofRequest(head);
    keepsAlive = Persistence.keepsAlive(head.fields(), version11);
    body.begin(framing);
    bodyOver = body.isDone();
    call = new ProxyCall(serving, this);
    call.begin(head, framing, bytes.length);
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
    return bodyOver;
  }

  /**
   * Throws away what is there of a body that nobody will take; true when that was all of it, so
   * that the connection can go on.
   */
  boolean discardBody() {
    try {
      while (!bodyOver && unread != null) {
        ByteBuf piece = body.read(unread);
        bodyOver = body.isDone();
        if (piece == null) {
          break;
        }
        piece.release();
      }
    } catch (MalformedMessage malformed) {
      return false;
    }
    return bodyOver;
  }

  /**
   * What an answer that begins now has to say.
   *
   * @param goesOn whether the answer itself lets the connection go on
   */
  Persisting persisting(boolean goesOn) {
    keepsAlive &= goesOn && bodyOver;
    if (!keepsAlive) {
      return Persisting.CLOSED;
    }
    return version11 ? Persisting.BY_DEFAULT : Persisting.KEPT;
  }

  /** The call's answer is written and flushed. */
  void over() {
    call = null;
    headBegun = false;
    waitsUntil = System.nanoTime() + Limits.DEFAULT.idle().toNanos();
    if (!keepsAlive || !bodyOver) {
      linger();
      return;
    }
    RuleSet rules = serving.rules().get();
    heads.limits(rules.longestLine(), rules.largestHeader(), rules.mostFields());
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
              if (channel instanceof DuplexChannel duplex) {
                var unused = duplex.shutdownOutput();
              }
            });
  }

  /** The answer cannot be finished, and the agent has to notice. */
  void abort() {
    call = null;
    lingering = true;
    if (channel.config().getOption(ChannelOption.SO_LINGER) != null) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0); // a reset, where one can be sent
    }
    Channels.close(channel);
  }

  /** Closes what has waited too long. On the event loop. */
  void check(long now) {
    Exchange exchange = exchange();
    if (exchange != null) {
      exchange.check(now);
    } else if (call == null && now - waitsUntil > 0) {
      Channels.close(channel);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Exchange exchange = exchange();
    if (exchange != null) {
      exchange.agentWritable(channel.isWritable());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    lingering = true;
    if (unread != null && !processing) {
      unread.release();
      unread = null;
    }
    ProxyCall current = call;
    call = null;
    if (current != null) {
      current.agentGone();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Channels.close(channel); // resets are everyday; what is ours to fix is logged by the call
  }
}
