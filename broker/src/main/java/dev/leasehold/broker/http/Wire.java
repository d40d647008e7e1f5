package dev.leasehold.broker.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** What messages are written from. */
public final class Wire {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final ByteBuf CRLF = constant("\r\n");
  private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");

  private Wire() {}

  private static ByteBuf constant(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    ByteBuf buffer = Unpooled.directBuffer(bytes.length).writeBytes(bytes);
    return Unpooled.unreleasableBuffer(buffer.asReadOnly());
  }

  /** What ends a chunk; never released. */
  public static ByteBuf crlf() {
    return CRLF.duplicate();
  }

  /** What ends a chunked body; never released. */
  public static ByteBuf lastChunk() {
    return LAST_CHUNK.duplicate();
  }

  /** Printable ASCII. */
  public static void ascii(ByteBuf out, String text) {
    out.writeCharSequence(text, StandardCharsets.US_ASCII);
  }

  public static void endLine(ByteBuf out) {
    out.writeShort('\r' << 8 | '\n');
  }

  public static void decimal(ByteBuf out, long value) {
    if (value < 10) {
      out.writeByte((int) ('0' + value));
    } else {
      ascii(out, Long.toString(value));
    }
  }

  /** The line before a chunk of {@code size} bytes. */
  public static void chunkSize(ByteBuf out, int size) {
    int shift = 28;
    while (shift > 0 && size >>> shift == 0) {
      shift -= 4;
    }
    for (; shift >= 0; shift -= 4) {
      out.writeByte(HEX[size >>> shift & 0xf]);
    }
    endLine(out);
  }
}
