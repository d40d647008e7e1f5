package dev.leasehold.broker.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * A stream of gzip (RFC 1952, any number of members) or deflate (RFC 1950, or the bare RFC 1951)
 * that is decoded a piece at a time, when it is asked to: a thousand bytes may become a million. On
 * one event loop.
 */
final class Inflating {
  private static final int PIECE = 16 * 1024;
  private static final int LONGEST_GZIP_HEADER = 4096;
  private static final int GZIP_TRAILER = 8;

  private enum Place {
    START,
    DATA,
    TRAILER,
    OVER
  }

  private final boolean gzip;
  private final CRC32 checksum = new CRC32();
  private @Nullable Inflater inflater;
  private ByteBuf coded = Unpooled.EMPTY_BUFFER;
  private Place place = Place.START;

  Inflating(boolean gzip) {
    this.gzip = gzip;
  }

  /**
   * More of what is coded.
   *
   * @param piece taken over
   */
  void add(ByteBufAllocator allocator, ByteBuf piece) {
    coded = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, coded, piece);
  }

  /**
   * The next piece, to be released by the caller; null when there is none until more is {@link #add
   * added}.
   *
   * @throws DecoderException when the bytes are not what they should be
   */
  @Nullable ByteBuf next(ByteBufAllocator allocator) {
    while (true) {
      switch (place) {
        case START -> {
          if (!coded.isReadable() || !begin()) {
            return null;
          }
        }
        case DATA -> {
          ByteBuf decoded = inflate(allocator);
          if (decoded != null || place == Place.DATA) {
            return decoded;
          }
        }
        case TRAILER -> {
          if (coded.readableBytes() < GZIP_TRAILER) {
            return null;
          }
          endMember();
        }
        case OVER -> {
          if (coded.isReadable()) {
            throw new DecoderException("bytes after the end");
          }
          return null;
        }
      }
    }
  }

  private boolean begin() {
    if (gzip) {
      int end = gzipHeaderEnd(coded);
      if (end < 0) {
        if (coded.readableBytes() > LONGEST_GZIP_HEADER) {
          throw new DecoderException("a header without end");
        }
        return false;
      }
      coded.readerIndex(end);
    }
    // What many call deflate is the bare data, which in practice never begins as zlib's format
    // does.
    boolean bare = gzip || (coded.getByte(coded.readerIndex()) & 0x0f) != 8;
    endInflater();
    inflater = new Inflater(bare);
    checksum.reset();
    place = Place.DATA;
    return true;
  }

  /** Where the header of a gzip member ends (RFC 1952 §2.3); -1 when not all of it is there. */
  private static int gzipHeaderEnd(ByteBuf in) {
    int start = in.readerIndex();
    int end = in.writerIndex();
    int at = start + 10;
    if (end < at) {
      return -1;
    }
    int flags = in.getUnsignedByte(start + 3);
    if (in.getUnsignedShort(start) != 0x1f8b || in.getByte(start + 2) != 8 || flags > 0x1f) {
      throw new DecoderException("no gzip header");
    }
    if ((flags & 0x04) != 0) { // an extra field
      if (end < at + 2) {
        return -1;
      }
      at += 2 + in.getUnsignedShortLE(at);
    }
    for (int text = 0x08; text <= 0x10; text <<= 1) { // a name, a comment
      if ((flags & text) != 0) {
        int zero = at < end ? in.indexOf(at, end, (byte) 0) : -1;
        if (zero < 0) {
          return -1;
        }
        at = zero + 1;
      }
    }
    if ((flags & 0x02) != 0) { // a checksum of the header
      at += 2;
    }
    return at <= end ? at : -1;
  }

  private @Nullable ByteBuf inflate(ByteBufAllocator allocator) {
    Inflater current = Objects.requireNonNull(inflater);
    ByteBuf decoded = allocator.directBuffer(PIECE, PIECE);
    int length = 0;
    try {
      var in = coded.nioBuffer();
      var out = decoded.nioBuffer(0, PIECE);
      int offered = in.remaining();
      current.setInput(in);
      length = current.inflate(out);
      coded.skipBytes(offered - in.remaining());
      checksum.update(out.flip());
    } catch (DataFormatException broken) {
      throw new DecoderException("broken data", broken);
    } finally {
      decoded.writerIndex(length);
      if (length == 0) {
        decoded.release();
      }
    }
    if (current.needsDictionary()) {
      throw new DecoderException("a dictionary is needed");
    }
    if (current.finished()) {
      place = gzip ? Place.TRAILER : Place.OVER;
    }
    return length == 0 ? null : decoded;
  }

  /** Another member may follow (RFC 1952 §2.2). */
  private void endMember() {
    long sum = coded.readUnsignedIntLE();
    long length = coded.readUnsignedIntLE();
    long decoded = Objects.requireNonNull(inflater).getBytesWritten() & 0xffffffffL;
    if (sum != checksum.getValue() || length != decoded) {
      throw new DecoderException("the checksum is another one");
    }
    place = Place.START;
  }

  /** Whether what came is whole; nothing at all is. */
  boolean isComplete() {
    return place == Place.OVER || place == Place.START && !coded.isReadable();
  }

  private void endInflater() {
    if (inflater != null) {
      inflater.end();
      inflater = null;
    }
  }

  /** Lets go of what is left. Nothing may be asked of it any more. */
  void close() {
    endInflater();
    coded.release();
  }
}
