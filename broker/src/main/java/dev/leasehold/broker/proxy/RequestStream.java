package dev.leasehold.broker.proxy;

import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.Wire;
import dev.leasehold.broker.inject.OutboundRequest;
import dev.leasehold.broker.upstream.UpstreamConnection;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One call's request on its way to the target: the head, then the body. On its event loop. */
final class RequestStream {
  private final AgentRequest request;
  private final UpstreamConnection target;
  private final OptionalLong mostBody;
  private final Quiet quiet;
  private final CallRecord record;
  private final boolean chunked;
  private boolean over;
  private boolean unflushed;

  /**
   * @param mostBody bytes
   */
  RequestStream(
      AgentRequest request,
      UpstreamConnection target,
      OptionalLong mostBody,
      Quiet quiet,
      CallRecord record) {
    this.request = request;
    this.target = target;
    this.mostBody = mostBody;
    this.quiet = quiet;
    this.record = record;
    this.chunked = request.framing() == Framing.CHUNKED;
  }

  /**
   * @param secret whether the head is to be wiped once it has left
   */
  void send(ByteBuf head, boolean secret) {
    over = request.framing() == Framing.NONE;
    if (request.wantsWebSocket()) {
      target.expectUpgrade();
    }
    if (!secret) {
      var unused = target.send(head, request.isHead(), over);
      return;
    }
    head.retain();
    ChannelFuture written = target.send(head, request.isHead(), over);
    written.addListener(
        done -> {
          OutboundRequest.wipe(head);
          head.release();
        });
  }

  boolean isOver() {
    return over;
  }

  /** What was a request is a stream now, and goes on. */
  void goesOn() {
    over = false;
  }

  boolean isWritable() {
    return target.isWritable();
  }

  /**
   * A piece of the body, with the next {@link #flush}. Gives back why the call cannot go on, or
   * null.
   *
   * @param piece taken over
   */
  @Nullable Refusal body(ByteBuf piece) {
    quiet.broken();
    record.in(piece.readableBytes());
    if (record.bytesIn() > mostBody.orElse(Long.MAX_VALUE)) {
      piece.release();
      return Refusals.limit(413, "the body is too large", "body");
    }
    unflushed = true;
    if (chunked) {
      target.sendChunk(piece);
    } else {
      target.sendBody(piece);
    }
    return null;
  }

  void end() {
    over = true;
    quiet.broken();
    if (chunked) {
      target.sendBody(Wire.lastChunk());
      unflushed = true;
    }
    target.endBody();
    flush();
  }

  void flush() {
    if (unflushed) {
      unflushed = false;
      target.flush();
    }
  }
}
