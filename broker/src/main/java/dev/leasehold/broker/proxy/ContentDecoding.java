package dev.leasehold.broker.proxy;

import dev.leasehold.broker.http.Fields;
import dev.leasehold.broker.http.KnownField;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.compression.JdkZlibDecoder;
import io.netty.handler.codec.compression.ZlibWrapper;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Undoes the coding of an answer that a target coded although it was asked not to (RFC 9110
 * §8.4.1). What is coded cannot be searched for secrets. On one event loop.
 */
final class ContentDecoding {
  /** Bytes decoded at once: a small answer that grows without end is met between two of them. */
  private static final int STEP = 1024;

  /** Of what one read from the target may become. */
  private static final long MOST_AT_ONCE = 32L * 1024 * 1024;

  private final JdkZlibDecoder decoder;
  private final EmbeddedChannel channel;

  private ContentDecoding(ZlibWrapper wrapper) {
    this.decoder = new JdkZlibDecoder(wrapper, 0);
    this.channel = new EmbeddedChannel(decoder);
  }

  /** Whether the answer is coded at all. */
  static boolean isCoded(Fields fields) {
    int at = fields.find(KnownField.CONTENT_ENCODING);
    return at >= 0
        && !(fields.count(KnownField.CONTENT_ENCODING) == 1 && fields.valueIs(at, "identity"));
  }

  /** Null when the coding is none that can be undone, or more than one. */
  static @Nullable ContentDecoding of(Fields fields) {
    int at = fields.find(KnownField.CONTENT_ENCODING);
    if (fields.count(KnownField.CONTENT_ENCODING) != 1) {
      return null;
    }
    if (fields.valueIs(at, "gzip") || fields.valueIs(at, "x-gzip")) {
      return new ContentDecoding(ZlibWrapper.GZIP);
    }
    return fields.valueIs(at, "deflate") ? new ContentDecoding(ZlibWrapper.ZLIB_OR_NONE) : null;
  }

  /**
   * Decodes a piece, which it releases.
   *
   * @param out gets what comes of it, to be released there
   * @throws DecoderException when the bytes are not what the answer says, or become too many
   */
  void decode(ByteBuf piece, Consumer<ByteBuf> out) {
    try {
      long most = MOST_AT_ONCE;
      while (piece.isReadable()) {
        channel.writeInbound(piece.readRetainedSlice(Math.min(STEP, piece.readableBytes())));
        ByteBuf decoded;
        while ((decoded = channel.readInbound()) != null) {
          most -= decoded.readableBytes();
          out.accept(decoded);
        }
        if (most < 0) {
          throw new DecoderException("grows too much");
        }
      }
    } finally {
      piece.release();
    }
  }

  /** Whether the coded stream came to its end. */
  boolean isComplete() {
    return decoder.isClosed();
  }

  /** Lets go of what is left; idempotent. */
  void close() {
    try {
      channel.finishAndReleaseAll();
    } catch (DecoderException unfinished) {
      channel.releaseInbound();
    }
  }
}
