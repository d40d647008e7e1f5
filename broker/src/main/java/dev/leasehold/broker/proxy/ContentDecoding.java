package dev.leasehold.broker.proxy;

import dev.leasehold.broker.http.Fields;
import dev.leasehold.broker.http.KnownField;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.DecoderException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Undoes the coding of an answer that a target coded although it was asked not to (RFC 9110
 * §8.4.1): what is coded cannot be searched for secrets. It decodes only what the agent takes. On
 * the call's event loop.
 */
final class ContentDecoding {
  /** Bytes that may come out before other calls have their turn. */
  private static final int MOST_AT_ONCE = 1024 * 1024;

  private final Inflating inflating;
  private final Channel agent;
  private boolean dry = true;
  private boolean busy;
  private boolean closed;

  private ContentDecoding(Inflating inflating, Channel agent) {
    this.inflating = inflating;
    this.agent = agent;
  }

  /** Whether the answer is coded at all. */
  static boolean isCoded(Fields fields) {
    int at = fields.find(KnownField.CONTENT_ENCODING);
    return at >= 0
        && !(fields.count(KnownField.CONTENT_ENCODING) == 1 && fields.valueIs(at, "identity"));
  }

  /** Null when the coding is none that can be undone, or more than one. */
  static @Nullable ContentDecoding of(Fields fields, Channel agent) {
    int at = fields.find(KnownField.CONTENT_ENCODING);
    if (fields.count(KnownField.CONTENT_ENCODING) != 1) {
      return null;
    }
    if (fields.valueIs(at, "gzip") || fields.valueIs(at, "x-gzip")) {
      return new ContentDecoding(new Inflating(true), agent);
    }
    return fields.valueIs(at, "deflate") ? new ContentDecoding(new Inflating(false), agent) : null;
  }

  /**
   * More of the answer.
   *
   * @param piece taken over
   */
  void add(ByteBuf piece) {
    inflating.add(agent.alloc(), piece);
    dry = false;
  }

  /**
   * Decodes what waits, as far as the agent takes it and other calls are not kept waiting.
   *
   * @param out gets each piece, to be released there
   * @throws DecoderException when the bytes are not what the answer says
   */
  void run(Consumer<ByteBuf> out) {
    if (busy) {
      return; // what was written below has just let the agent take more
    }
    busy = true;
    try {
      for (int most = MOST_AT_ONCE; !dry && agentTakes() && most > 0; ) {
        ByteBuf piece = inflating.next(agent.alloc());
        if (piece == null) {
          dry = true;
        } else {
          most -= piece.readableBytes();
          out.accept(piece);
        }
      }
    } finally {
      busy = false;
      if (closed) {
        inflating.close();
      }
    }
  }

  private boolean agentTakes() {
    if (!agent.isWritable()) {
      agent.flush();
    }
    return agent.isWritable() && !closed;
  }

  /** Whether what waits could go on, but for other calls whose turn it is. */
  boolean isDelayed() {
    return !dry && !busy && agent.isWritable();
  }

  /** Whether something waits to be decoded. */
  boolean isBehind() {
    return !dry;
  }

  /** Whether what came is whole. */
  boolean isComplete() {
    return inflating.isComplete();
  }

  /** Lets go of what is left; idempotent. */
  void close() {
    if (!closed) {
      closed = true;
      dry = true;
      if (!busy) {
        inflating.close();
      }
    }
  }
}
