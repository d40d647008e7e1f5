package dev.leasehold.broker.upstream;

import dev.leasehold.broker.http.BodyReader;
import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.HeadReader;
import dev.leasehold.broker.http.MalformedMessage;
import dev.leasehold.broker.http.ResponseHead;
import dev.leasehold.broker.upstream.UpstreamFailure.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * One verified connection to a target, for one task: an exchange at a time, and not another one
 * after anything that was not clean. Lives on the event loop of the call that it serves.
 */
public final class UpstreamConnection extends ChannelInboundHandlerAdapter {
  private static final int LONGEST_LINE = 16 * 1024;
  private static final int LARGEST_HEAD = 256 * 1024;
  private static final int MOST_FIELDS = 1000;
  private static final int MOST_INTERIM = 20;

  private final Channel channel;
  private final Route route;
  private final IdleConnections idle;
  private final boolean tls;
  private final HeadReader heads = new HeadReader(LONGEST_LINE, LARGEST_HEAD, MOST_FIELDS);
  private final BodyReader body = BodyReader.lenient();

  private @Nullable ResponseListener listener;
  private @Nullable ByteBuf unread;
  private boolean toHead;
  private boolean mayUpgrade;
  private boolean inBody;
  private boolean requestOver;
  private boolean responseOver = true;
  private boolean persistent = true;
  private boolean closedCleanly;
  private boolean asked;
  private boolean anythingRead;
  private int interims;
  private int exchanges;
  private long idleSince;

  UpstreamConnection(Channel channel, Route route, IdleConnections idle) {
    this.channel = channel;
    this.route = route;
    this.idle = idle;
    this.tls = channel.pipeline().get(SslHandler.class) != null;
  }

  Route route() {
    return route;
  }

  Channel channel() {
    return channel;
  }

  long idleSince() {
    return idleSince;
  }

  /** Whether it carried an exchange before this one. */
  public boolean isReused() {
    return exchanges > 1;
  }

  /** Whether a byte of this exchange's answer has come. */
  public boolean hasAnswered() {
    return anythingRead;
  }

  /** Begins an exchange; the answer goes to {@code listener}. */
  void begin(ResponseListener newListener) {
    listener = newListener;
    exchanges++;
    toHead = false;
    mayUpgrade = false;
    inBody = false;
    requestOver = false;
    responseOver = false;
    asked = false;
    anythingRead = false;
    interims = 0;
  }

  /** This exchange asks to be upgraded: a 101 is an answer to it. */
  public void expectUpgrade() {
    mayUpgrade = true;
  }

  /**
   * Sends the head of the request.
   *
   * @param isHead whether the method is HEAD
   * @param over whether there is no body
   */
  public ChannelFuture send(ByteBuf head, boolean isHead, boolean over) {
    asked = true;
    toHead = isHead;
    requestOver = over;
    channel.config().setAutoRead(true);
    return channel.writeAndFlush(head);
  }

  /** Sends a piece of the body, framing included, at the next {@link #flush}. */
  public void sendBody(ByteBuf piece) {
    Channels.write(channel, piece);
  }

  /** Sends a piece of a chunked body, as a chunk, at the next {@link #flush}. */
  public void sendChunk(ByteBuf piece) {
    Channels.writeChunk(channel, piece);
  }

  public void endBody() {
    requestOver = true;
  }

  public void flush() {
    channel.flush();
  }

  public boolean isWritable() {
    return channel.isWritable();
  }

  /** Stops or goes on reading the answer: the back-pressure of a slow agent. */
  public void read(boolean on) {
    channel.config().setAutoRead(on);
  }

  /** The call is done with it: kept for the task's next call if all was clean, else closed. */
  public void release() {
    listener = null;
    if (requestOver && responseOver && persistent && unread == null && channel.isActive()) {
      channel.config().setAutoRead(true); // a close, or bytes nobody asked for, must be seen
      idleSince = System.nanoTime();
      idle.add(this);
    } else {
      Channels.close(channel);
    }
  }

  /** Closes at once; the listener hears nothing more. */
  public void abort() {
    listener = null;
    Channels.close(channel);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (listener == null || responseOver) {
      // Bytes after or without an exchange would be taken for the next one's answer.
      in.release();
      persistent = false;
      Channels.close(channel);
      return;
    }
    if (!asked) {
      in.release();
      fail(Kind.RESET, "the target spoke before it was asked");
      return;
    }
    anythingRead = true;
    if (unread != null) {
      in = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), unread, in);
      unread = null;
    }
    try {
      consume(in);
    } catch (MalformedMessage malformed) {
      fail(Kind.RESET, "the target's answer is malformed: " + malformed.rule());
    } finally {
      if (in.isReadable() && channel.isOpen() && !responseOver) {
        unread = in;
      } else {
        persistent &= !in.isReadable();
        in.release();
      }
    }
  }

  private void consume(ByteBuf in) throws MalformedMessage {
    while (listener != null && !responseOver && in.isReadable()) {
      if (!inBody) {
        byte[] head = heads.read(in);
        if (head == null) {
          return;
        }
        begun(ResponseHead.parse(head));
      }
      while (inBody) {
        ByteBuf data = body.read(in);
        if (data != null && listener != null) {
          listener.data(data);
        } else if (data != null) {
          data.release();
          return;
        } else if (body.isDone()) {
          persistent &= !in.isReadable(); // what is left would be taken for the next one's answer
          over();
        } else {
          return;
        }
      }
    }
  }

  private void begun(ResponseHead head) throws MalformedMessage {
    ResponseListener current = listener;
    if (current == null) {
      return;
    }
    if (mayUpgrade && head.status() == 101) {
      persistent = false;
      requestOver = false;
      body.begin(Framing.UNTIL_CLOSE);
      inBody = true;
      current.switched(head);
      return;
    }
    if (head.isInterim()) {
      if (head.status() == 101 || ++interims > MOST_INTERIM) {
        throw new MalformedMessage(
            MalformedMessage.Kind.UNSUPPORTED, "an interim answer that was not asked for");
      }
      current.interim(head);
      return;
    }
    Framing framing = Framing.ofResponse(head, toHead);
    persistent = head.keepsAlive() && framing != Framing.UNTIL_CLOSE;
    body.begin(framing);
    inBody = true;
    current.head(head, framing);
  }

  private void over() {
    inBody = false;
    responseOver = true;
    ResponseListener current = listener;
    if (current != null) {
      current.end();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ResponseListener current = listener;
    if (current != null) {
      current.readComplete();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    ResponseListener current = listener;
    if (current != null) {
      current.writabilityChanged(channel.isWritable());
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslCloseCompletionEvent close && close.isSuccess()) {
      closedCleanly = true;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    idle.remove(this);
    if (unread != null) {
      unread.release();
      unread = null;
    }
    if (listener == null || responseOver) {
      return;
    }
    // Without TLS's own farewell the end of such a body could be anybody's cut.
    if (inBody && (closedCleanly || !tls) && body.endOfStream()) {
      over();
    } else {
      fail(Kind.RESET, "the target closed the connection before its answer was complete");
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!anythingRead && TlsRefusal.isOfOurCertificate(cause)) {
      fail(Kind.TLS, "the target wants a client certificate, or refuses the one that it was shown");
    } else {
      fail(Kind.RESET, "the connection to the target broke");
    }
  }

  private void fail(Kind kind, String detail) {
    ResponseListener current = listener;
    listener = null;
    responseOver = true;
    persistent = false;
    Channels.close(channel);
    if (current != null) {
      current.failed(new UpstreamFailure(kind, detail));
    }
  }
}
