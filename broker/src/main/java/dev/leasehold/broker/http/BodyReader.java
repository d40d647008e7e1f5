package dev.leasehold.broker.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Takes a body out of a stream of bytes by its framing (RFC 9112 §6.3, §7.1). For one connection,
 * on its event loop; begun anew for each message.
 */
public final class BodyReader {
  private enum State {
    DATA,
    CHUNK_SIZE,
    CHUNK_EXTENSION,
    CHUNK_END,
    TRAILER,
    DONE
  }

  private static final int LONGEST_LINE = 4096;

  private final boolean lenient;
  private State state = State.DONE;
  private boolean chunked;
  private boolean untilClose;
  private long left;
  private int lineBytes;
  private int trailerBytes;
  private boolean sawCr;

  private BodyReader(boolean lenient) {
    this.lenient = lenient;
  }

  /** For agents: a chunk extension or a trailer is refused. */
  public static BodyReader strict() {
    return new BodyReader(false);
  }

  /** For targets: chunk extensions and trailers are dropped. */
  public static BodyReader lenient() {
    return new BodyReader(true);
  }

  public void begin(Framing framing) {
    chunked = false;
    untilClose = false;
    left = 0;
    lineBytes = 0;
    trailerBytes = 0;
    sawCr = false;
    state =
        switch (framing) {
          case Framing.None none -> State.DONE;
          case Framing.Length length -> {
            left = length.bytes();
            yield State.DATA;
          }
          case Framing.Chunked all -> {
            chunked = true;
            yield State.CHUNK_SIZE;
          }
          case Framing.UntilClose close -> {
            untilClose = true;
            yield State.DATA;
          }
        };
  }

  public boolean isDone() {
    return state == State.DONE;
  }

  /** The stream ended. True when that is where the body ends. */
  public boolean endOfStream() {
    if (untilClose) {
      state = State.DONE;
    }
    return state == State.DONE;
  }

  /**
   * The next piece of content, a retained slice; null when more bytes are needed or the body is
   * over.
   */
  public @Nullable ByteBuf read(ByteBuf in) throws MalformedMessage {
    while (true) {
      if (state == State.DONE || !in.isReadable()) {
        return null;
      }
      if (state == State.DATA) {
        return data(in);
      }
      step(in.readByte());
    }
  }

  private ByteBuf data(ByteBuf in) {
    if (untilClose) {
      return in.readRetainedSlice(in.readableBytes());
    }
    int length = (int) Math.min(left, in.readableBytes());
    left -= length;
    if (left == 0) {
      state = chunked ? State.CHUNK_END : State.DONE;
    }
    return in.readRetainedSlice(length);
  }

  private void step(byte c) throws MalformedMessage {
    switch (state) {
      case CHUNK_SIZE -> size(c);
      case CHUNK_EXTENSION -> extension(c);
      case CHUNK_END -> chunkEnd(c);
      case TRAILER -> trailer(c);
      case DATA, DONE -> throw new IllegalStateException("no line is read here");
    }
  }

  private void size(byte c) throws MalformedMessage {
    int digit = sawCr || c < 0 ? -1 : Character.digit(c, 16);
    if (digit >= 0) {
      if (++lineBytes > 15) {
        throw MalformedMessage.ambiguous("a chunk size is 1 to 15 hex digits");
      }
      left = left << 4 | digit;
    } else if (lineBytes == 0) {
      throw MalformedMessage.ambiguous("a chunk size is 1 to 15 hex digits");
    } else if (lenient && !sawCr && (c == ';' || c == ' ' || c == '\t')) {
      state = State.CHUNK_EXTENSION;
    } else if (lineEnds(c, "a chunk size is followed by CR LF, without an extension")) {
      afterSize();
    }
  }

  private void extension(byte c) throws MalformedMessage {
    if (!sawCr && Ascii.isFieldValue(c) && ++lineBytes <= LONGEST_LINE) {
      return;
    }
    if (lineEnds(c, "a chunk extension is short and has no control bytes")) {
      afterSize();
    }
  }

  private void afterSize() {
    state = left == 0 ? State.TRAILER : State.DATA;
  }

  private void chunkEnd(byte c) throws MalformedMessage {
    if (lineEnds(c, "a chunk's data is followed by CR LF")) {
      state = State.CHUNK_SIZE;
    }
  }

  private void trailer(byte c) throws MalformedMessage {
    if (lenient && !sawCr && Ascii.isFieldValue(c)) {
      lineBytes++;
      if (++trailerBytes > LONGEST_LINE) {
        throw MalformedMessage.ambiguous("the trailer is too large");
      }
      return;
    }
    boolean empty = lineBytes == 0;
    if (lineEnds(c, lenient ? "a trailer has no control bytes" : "a request has no trailer")
        && empty) {
      state = State.DONE;
    }
  }

  /** True at the line feed of a CR LF; anything else breaks {@code rule}. */
  private boolean lineEnds(byte c, String rule) throws MalformedMessage {
    if (!sawCr && c == '\r') {
      sawCr = true;
      return false;
    }
    if (!sawCr || c != '\n') {
      throw MalformedMessage.ambiguous(rule);
    }
    sawCr = false;
    lineBytes = 0;
    return true;
  }
}
