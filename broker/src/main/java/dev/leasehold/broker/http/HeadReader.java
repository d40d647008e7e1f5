package dev.leasehold.broker.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Finds the end of a message's head in a stream of bytes: lines that end in CRLF, the last one
 * empty (RFC 9112 §2.1). A line feed without its carriage return is refused here already, so that
 * no two readers can see different lines. For one connection, on its event loop; a head that comes
 * byte by byte is looked at once.
 */
public final class HeadReader {
  private static final byte LF = '\n';
  private static final byte CR = '\r';

  private int lineLimit;
  private int headLimit;
  private int fieldLimit;
  private int scanned;
  private int lineStart;
  private int lines;
  private int firstLine;

  /**
   * @param lineLimit longest first line, in bytes
   * @param headLimit largest head without its first line, in bytes
   * @param fieldLimit most fields
   */
  public HeadReader(int lineLimit, int headLimit, int fieldLimit) {
    limits(lineLimit, headLimit, fieldLimit);
  }

  /** For the next head. */
  public void limits(int lineLimit, int headLimit, int fieldLimit) {
    this.lineLimit = lineLimit;
    this.headLimit = headLimit;
    this.fieldLimit = fieldLimit;
  }

  /** Whether some bytes of a head, but not all, have been seen. */
  public boolean isWithin() {
    return scanned > 0;
  }

  /**
   * Takes one whole head out of {@code in}, its empty line included; null while it is not all
   * there, and then nothing is taken.
   */
  public byte @Nullable [] read(ByteBuf in) throws MalformedMessage {
    int start = in.readerIndex();
    while (true) {
      int from = start + scanned;
      int lineFeed = in.indexOf(from, in.writerIndex(), LF);
      if (lineFeed < 0) {
        scanned = in.readableBytes();
        checkSize(scanned);
        return null;
      }
      int end = lineFeed + 1 - start;
      if (end - lineStart < 2 || in.getByte(lineFeed - 1) != CR) {
        throw MalformedMessage.ambiguous("a line ends in CR LF");
      }
      boolean empty = end - lineStart == 2;
      if (empty && lines == 0) {
        throw MalformedMessage.ambiguous("a message begins with its first line");
      }
      if (lines == 0) {
        checkSize(end);
        firstLine = end;
      }
      lines++;
      lineStart = end;
      scanned = end;
      if (empty) {
        checkSize(end);
        byte[] head = new byte[end];
        in.readBytes(head);
        reset();
        return head;
      }
      if (lines - 1 > fieldLimit) {
        throw new MalformedMessage(MalformedMessage.Kind.HEADER_TOO_LARGE, "too many fields");
      }
    }
  }

  private void checkSize(int size) throws MalformedMessage {
    if (lines == 0 && size > lineLimit) {
      throw new MalformedMessage(
          MalformedMessage.Kind.REQUEST_LINE_TOO_LONG, "the first line is too long");
    }
    if (lines > 0 && size - firstLine > headLimit) {
      throw new MalformedMessage(MalformedMessage.Kind.HEADER_TOO_LARGE, "the header is too large");
    }
  }

  private void reset() {
    scanned = 0;
    lineStart = 0;
    lines = 0;
    firstLine = 0;
  }
}
