package dev.leasehold.broker.http;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one head, as views of its bytes: nothing is copied or decoded before somebody asks.
 * Read strictly (RFC 9112 §5): no folding, no space before the colon, no control byte, every line a
 * field. Immutable.
 */
public final class Fields {
  private static final int INTS = 4; // name from, name to, value from, value to

  private final byte[] bytes;
  private final int[] bounds;
  private final @Nullable KnownField[] known;
  private final int size;

  private Fields(byte[] bytes, int[] bounds, @Nullable KnownField[] known, int size) {
    this.bytes = bytes;
    this.bounds = bounds;
    this.known = known;
    this.size = size;
  }

  /** Reads the field lines from {@code from} to the empty line that ends {@code head}. */
  static Fields parse(byte[] head, int from) throws MalformedMessage {
    int[] bounds = new int[12 * INTS];
    @Nullable KnownField[] known = new KnownField[12];
    int size = 0;
    int at = from;
    int end = head.length - 2;
    while (at < end) {
      int nameFrom = at;
      while (Ascii.isToken(head[at])) {
        at++;
      }
      if (head[at] != ':' || at == nameFrom) {
        throw MalformedMessage.ambiguous(whyNoName(head, nameFrom, at));
      }
      final int nameTo = at++;
      while (head[at] == ' ' || head[at] == '\t') {
        at++;
      }
      int valueFrom = at;
      while (Ascii.isFieldValue(head[at])) {
        at++;
      }
      if (head[at] != '\r' || head[at + 1] != '\n') {
        throw MalformedMessage.ambiguous("a field value has no control bytes");
      }
      int valueTo = at;
      while (valueTo > valueFrom && (head[valueTo - 1] == ' ' || head[valueTo - 1] == '\t')) {
        valueTo--;
      }
      at += 2;
      if (size == known.length) {
        bounds = Arrays.copyOf(bounds, bounds.length * 2);
        known = Arrays.copyOf(known, known.length * 2);
      }
      bounds[size * INTS] = nameFrom;
      bounds[size * INTS + 1] = nameTo;
      bounds[size * INTS + 2] = valueFrom;
      bounds[size * INTS + 3] = valueTo;
      known[size++] = KnownField.of(head, nameFrom, nameTo);
    }
    return new Fields(head, bounds, known, size);
  }

  private static String whyNoName(byte[] head, int from, int at) {
    byte c = head[at];
    if (at == from && (c == ' ' || c == '\t')) {
      return "a field does not continue on the next line";
    }
    if (c == ' ' || c == '\t') {
      return "no space stands between a field name and its colon";
    }
    return at == from ? "a field has a name" : "a field name is a token, followed by a colon";
  }

  public int size() {
    return size;
  }

  /** Null for a field without a meaning here. */
  public @Nullable KnownField known(int index) {
    return known[index];
  }

  /** How many fields of that name there are. */
  public int count(KnownField field) {
    int count = 0;
    for (int i = 0; i < size; i++) {
      if (known[i] == field) {
        count++;
      }
    }
    return count;
  }

  /** The first field of that name, or -1. */
  public int find(KnownField field) {
    for (int i = 0; i < size; i++) {
      if (known[i] == field) {
        return i;
      }
    }
    return -1;
  }

  public boolean has(KnownField field) {
    return find(field) >= 0;
  }

  /** Lower case. */
  public String name(int index) {
    byte[] name = Arrays.copyOfRange(bytes, bounds[index * INTS], bounds[index * INTS + 1]);
    for (int i = 0; i < name.length; i++) {
      name[i] = Ascii.lower(name[i]);
    }
    return new String(name, StandardCharsets.ISO_8859_1);
  }

  /** Compares without regard to case. */
  public boolean nameIs(int index, String lowerCase) {
    return Ascii.equalsIgnoreCase(bytes, bounds[index * INTS], bounds[index * INTS + 1], lowerCase);
  }

  /** Compares without regard to case. */
  public boolean nameStartsWith(int index, String lowerCase) {
    int from = bounds[index * INTS];
    int to = from + lowerCase.length();
    return to <= bounds[index * INTS + 1] && Ascii.equalsIgnoreCase(bytes, from, to, lowerCase);
  }

  /**
   * Whether some servers take the name for another one: they turn {@code -} into {@code _}, and
   * some {@code .} as well.
   */
  public boolean hasAliasName(int index) {
    for (int i = bounds[index * INTS]; i < bounds[index * INTS + 1]; i++) {
      if (bytes[i] == '_' || bytes[i] == '.') {
        return true;
      }
    }
    return false;
  }

  /** As it was sent, one char for one byte. */
  public String value(int index) {
    int from = bounds[index * INTS + 2];
    return new String(bytes, from, bounds[index * INTS + 3] - from, StandardCharsets.ISO_8859_1);
  }

  public byte[] valueBytes(int index) {
    return Arrays.copyOfRange(bytes, bounds[index * INTS + 2], bounds[index * INTS + 3]);
  }

  /** Compares without regard to case. */
  public boolean valueIs(int index, String lowerCase) {
    return Ascii.equalsIgnoreCase(
        bytes, bounds[index * INTS + 2], bounds[index * INTS + 3], lowerCase);
  }

  /** Writes the field as a line of its own. */
  public void writeLine(int index, ByteBuf out) {
    int at = index * INTS;
    out.writeBytes(bytes, bounds[at], bounds[at + 1] - bounds[at]);
    out.writeShort(':' << 8 | ' ');
    out.writeBytes(bytes, bounds[at + 2], bounds[at + 3] - bounds[at + 2]);
    out.writeShort('\r' << 8 | '\n');
  }

  /** Bytes that {@link #writeLine} writes at most for all of them. */
  public int wireSize() {
    return bytes.length + size * 2;
  }
}
