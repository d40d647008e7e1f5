package dev.leasehold.broker.proxy;

import dev.leasehold.broker.http.BodyReader;
import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.HeadReader;
import dev.leasehold.broker.http.MalformedMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/**
 * What has come from an agent and is not taken yet: heads are taken out of it, and the pieces of
 * the bodies behind them. On the connection's event loop.
 */
final class Incoming {
  private final HeadReader heads;
  private final BodyReader body = BodyReader.strict();
  private @Nullable ByteBuf unread;
  private boolean bodyOver = true;

  Incoming(RuleSet rules) {
    this.heads = new HeadReader(rules.longestLine(), rules.largestHeader(), rules.mostFields());
  }

  /** For the heads from here on. */
  void limits(RuleSet rules) {
    heads.limits(rules.longestLine(), rules.largestHeader(), rules.mostFields());
  }

  void add(ByteBufAllocator allocator, ByteBuf in) {
    unread =
        unread == null ? in : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, unread, in);
  }

  /** The number of bytes. */
  int size() {
    return unread == null ? 0 : unread.readableBytes();
  }

  /** A whole head; null when it has not come yet. */
  byte @Nullable [] head() throws MalformedMessage {
    return unread == null ? null : heads.read(unread);
  }

  /** A body of that framing comes next. */
  void expect(Framing framing) {
    body.begin(framing);
    bodyOver = body.isDone();
  }

  /** The next piece of the body, to be released; null when no more is there. */
  @Nullable ByteBuf bodyPiece() throws MalformedMessage {
    ByteBuf piece = unread == null ? null : body.read(unread);
    bodyOver = body.isDone();
    return piece;
  }

  /** Whether the body of the last head, if it has one, was taken whole. */
  boolean isBodyOver() {
    return bodyOver;
  }

  /**
   * Throws away what is there of a body that nobody will take; true when that was all of it, so
   * that the connection can go on.
   */
  boolean discardBody() {
    try {
      ByteBuf piece;
      while (!bodyOver && (piece = bodyPiece()) != null) {
        piece.release();
      }
    } catch (MalformedMessage malformed) {
      return false;
    }
    return bodyOver;
  }

  /** Lets go of memory that holds nothing any more. */
  void trim() {
    if (size() == 0) {
      clear();
    }
  }

  void clear() {
    if (unread != null) {
      unread.release();
      unread = null;
    }
  }
}
