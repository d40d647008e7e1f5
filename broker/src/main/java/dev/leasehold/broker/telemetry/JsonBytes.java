package dev.leasehold.broker.telemetry;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes JSON straight to bytes, in a buffer that is used again. Commas come by themselves. What
 * could break a line, hide in a terminal or confuse a reader is escaped: control characters of both
 * sets, DEL, U+2028 and U+2029, direction marks and the byte order mark; a lone surrogate becomes
 * U+FFFD. Not safe for several threads.
 */
public final class JsonBytes {
  /** Stands at the end of a text that was cut. */
  public static final String CUT_MARK = "…[cut]";

  private static final byte[] CUT = CUT_MARK.getBytes(StandardCharsets.UTF_8);
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int LONGEST_ESCAPE = 6;
  private static final int LONGEST_NUMBER = 20;

  private byte[] bytes;
  private int length;

  public JsonBytes(int capacity) {
    bytes = new byte[Math.max(capacity, LONGEST_NUMBER)];
  }

  /** A member's name, quoted and with its colon, for {@link #name(byte[])}. */
  public static byte[] encodeName(String name) {
    return new JsonBytes(name.length() + 8).text(name).raw(':').toByteArray();
  }

  public JsonBytes beginObject() {
    return separate().raw('{');
  }

  public JsonBytes endObject() {
    return raw('}');
  }

  public JsonBytes beginArray() {
    return separate().raw('[');
  }

  public JsonBytes endArray() {
    return raw(']');
  }

  public JsonBytes name(String name) {
    return text(name).raw(':');
  }

  /** A name from {@link #encodeName}. */
  public JsonBytes name(byte[] encoded) {
    return separate().raw(encoded);
  }

  public JsonBytes text(String value) {
    return text(value, Integer.MAX_VALUE);
  }

  /** A quoted text of at most about {@code maxBytes} bytes; a longer one is cut and marked. */
  public JsonBytes text(String value, int maxBytes) {
    separate();
    reserve(value.length() + CUT.length + LONGEST_ESCAPE + 2);
    bytes[length++] = '"';
    int limit = maxBytes > Integer.MAX_VALUE - length ? Integer.MAX_VALUE : length + maxBytes;
    for (int i = 0; i < value.length(); i++) {
      if (length >= limit) {
        raw(CUT);
        break;
      }
      reserve(value.length() - i + LONGEST_ESCAPE + CUT.length + 1);
      char c = value.charAt(i);
      if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
        bytes[length++] = (byte) c;
      } else if (Character.isHighSurrogate(c)
          && i + 1 < value.length()
          && Character.isLowSurrogate(value.charAt(i + 1))) {
        supplementary(Character.toCodePoint(c, value.charAt(++i)));
      } else {
        special(c);
      }
    }
    return raw('"');
  }

  public JsonBytes number(long value) {
    separate();
    reserve(LONGEST_NUMBER);
    if (value < 0) {
      return raw(Long.toString(value).getBytes(StandardCharsets.US_ASCII));
    }
    int digits = 1;
    for (long rest = value; rest >= 10; rest /= 10) {
      digits++;
    }
    long rest = value;
    for (int at = length + digits - 1; at >= length; at--) {
      bytes[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
    return this;
  }

  public JsonBytes bool(boolean value) {
    return separate().raw((value ? "true" : "false").getBytes(StandardCharsets.US_ASCII));
  }

  /** Bytes as they are. */
  public JsonBytes raw(byte[] some) {
    reserve(some.length);
    System.arraycopy(some, 0, bytes, length, some.length);
    length += some.length;
    return this;
  }

  /** One ASCII character as it is. */
  public JsonBytes raw(char ascii) {
    reserve(1);
    bytes[length++] = (byte) ascii;
    return this;
  }

  public int length() {
    return length;
  }

  /** Goes back to an earlier {@link #length}. */
  public void truncate(int earlier) {
    length = Math.min(length, earlier);
  }

  /** The buffer itself, valid up to {@link #length} and until the next write. */
  public byte[] buffer() {
    return bytes;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  @Override
  public String toString() {
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private JsonBytes separate() {
    if (length > 0) {
      byte last = bytes[length - 1];
      if (last != '{' && last != '[' && last != ':' && last != '\n') {
        raw(',');
      }
    }
    return this;
  }

  private void special(char c) {
    switch (c) {
      case '"', '\\' -> pair(c);
      case '\n' -> pair('n');
      case '\r' -> pair('r');
      case '\t' -> pair('t');
      default -> {
        if (Character.isSurrogate(c)) {
          escape('\ufffd');
        } else if (isUnsafe(c)) {
          escape(c);
        } else if (c < 0x800) {
          bytes[length++] = (byte) (0xc0 | c >> 6);
          bytes[length++] = (byte) (0x80 | c & 0x3f);
        } else {
          bytes[length++] = (byte) (0xe0 | c >> 12);
          bytes[length++] = (byte) (0x80 | c >> 6 & 0x3f);
          bytes[length++] = (byte) (0x80 | c & 0x3f);
        }
      }
    }
  }

  private static boolean isUnsafe(char c) {
    return c < 0x20
        || c >= 0x7f && c < 0xa0
        || c == 0x061c
        || c >= 0x200b && c <= 0x200f
        || c >= 0x2028 && c <= 0x202e
        || c >= 0x2060 && c <= 0x206f
        || c == 0xfeff
        || c >= 0xfff9;
  }

  private void supplementary(int codePoint) {
    bytes[length++] = (byte) (0xf0 | codePoint >> 18);
    bytes[length++] = (byte) (0x80 | codePoint >> 12 & 0x3f);
    bytes[length++] = (byte) (0x80 | codePoint >> 6 & 0x3f);
    bytes[length++] = (byte) (0x80 | codePoint & 0x3f);
  }

  private void pair(char c) {
    bytes[length++] = '\\';
    bytes[length++] = (byte) c;
  }

  private void escape(char c) {
    bytes[length++] = '\\';
    bytes[length++] = 'u';
    bytes[length++] = HEX[c >> 12];
    bytes[length++] = HEX[c >> 8 & 0xf];
    bytes[length++] = HEX[c >> 4 & 0xf];
    bytes[length++] = HEX[c & 0xf];
  }

  private void reserve(int more) {
    if (more > bytes.length - length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
