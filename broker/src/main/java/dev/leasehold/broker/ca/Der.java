package dev.leasehold.broker.ca;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/**
 * The few forms of the Distinguished Encoding Rules (X.690) that certificates and trust stores are
 * made of. Each method gives one whole value: tag, length, content.
 */
final class Der {
  private static final int FIRST_GENERALIZED_YEAR = 2050; // RFC 5280 §4.1.2.5
  private static final DateTimeFormatter UTC_TIME = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'");
  private static final DateTimeFormatter GENERALIZED_TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'");

  private Der() {}

  static byte[] sequence(byte[]... parts) {
    return value(0x30, parts);
  }

  /** The parts must be in the order that X.690 §11.6 asks for. */
  static byte[] set(byte[]... parts) {
    return value(0x31, parts);
  }

  /** {@code [number] EXPLICIT}, or an implicitly tagged value that is made of others. */
  static byte[] constructed(int number, byte[]... parts) {
    return value(0xa0 | number, parts);
  }

  /** {@code [number] IMPLICIT} of a primitive value. */
  static byte[] primitive(int number, byte[] content) {
    return value(0x80 | number, content);
  }

  static byte[] integer(BigInteger number) {
    return value(0x02, number.toByteArray());
  }

  static byte[] integer(int number) {
    return integer(BigInteger.valueOf(number));
  }

  static byte[] yes() {
    return value(0x01, new byte[] {(byte) 0xff});
  }

  static byte[] nothing() {
    return value(0x05);
  }

  /** A whole number of bytes. */
  static byte[] bits(byte[] content) {
    return value(0x03, new byte[] {0}, content);
  }

  /** One named bit of the first eight, without the zeros behind it (X.690 §11.2.2). */
  static byte[] namedBit(int number) {
    return value(0x03, new byte[] {(byte) (7 - number), (byte) (0x80 >> number)});
  }

  static byte[] octets(byte[] content) {
    return value(0x04, content);
  }

  static byte[] utf8(String text) {
    return value(0x0c, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] bmp(String text) {
    return value(0x1e, text.getBytes(StandardCharsets.UTF_16BE));
  }

  /** To the second. */
  static byte[] time(Instant instant) {
    ZonedDateTime utc = instant.atZone(ZoneOffset.UTC);
    return utc.getYear() < FIRST_GENERALIZED_YEAR
        ? value(0x17, ascii(UTC_TIME.format(utc)))
        : value(0x18, ascii(GENERALIZED_TIME.format(utc)));
  }

  static byte[] oid(String dotted) {
    String[] arcs = dotted.split("\\.", -1);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    arc(content, Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      arc(content, Integer.parseInt(arcs[i]));
    }
    return value(0x06, content.toByteArray());
  }

  /** Base 128, every byte but the last with its high bit set (X.690 §8.19.2). */
  private static void arc(ByteArrayOutputStream content, int arc) {
    for (int shift = 28; shift > 0; shift -= 7) {
      if (arc >> shift != 0) {
        content.write(0x80 | arc >> shift & 0x7f);
      }
    }
    content.write(arc & 0x7f);
  }

  private static byte[] value(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
    out.write(tag);
    length(out, length);
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** Short form below 128, else the fewest bytes that do (X.690 §10.1). */
  private static void length(ByteArrayOutputStream out, int length) {
    if (length < 0x80) {
      out.write(length);
      return;
    }
    int bytes = (39 - Integer.numberOfLeadingZeros(length)) / 8;
    out.write(0x80 | bytes);
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
      out.write(length >> shift);
    }
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
