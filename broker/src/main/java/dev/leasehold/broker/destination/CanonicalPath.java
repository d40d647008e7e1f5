package dev.leasehold.broker.destination;

import java.util.ArrayList;
import java.util.List;

/**
 * The one spelling of a path that is both decided on and forwarded (RFC 3986 §6.2.2). Ambiguous
 * spellings are refused, never repaired: dot segments, empty segments, encoded separators, path
 * parameters, control bytes, double encoding.
 */
public final class CanonicalPath {
  /** What came of a path as the agent wrote it. */
  public sealed interface Result {
    record Canonical(CanonicalPath path) implements Result {}

    /** {@code reason} names the rule and echoes nothing. */
    record Ambiguous(String reason) implements Result {}
  }

  /** {@code /}. */
  public static final CanonicalPath ROOT = new CanonicalPath("/", List.of());

  private static final String[] NO_PARTS = {};

  private final String text;
  private final List<String> segments;

  private CanonicalPath(String text, List<String> segments) {
    this.text = text;
    this.segments = segments;
  }

  /**
   * @param raw the path as sent, without query; must begin with a slash
   * @param encodedSlash whether {@code %2F} is data inside a segment here
   */
  public static Result parse(String raw, boolean encodedSlash) {
    if (raw.isEmpty() || raw.charAt(0) != '/') {
      return new Result.Ambiguous("a path begins with '/'");
    }
    StringBuilder out = null; // made only when something has to be rewritten
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        int value = hexByte(raw, i + 1);
        if (value < 0) {
          return new Result.Ambiguous("a '%' without two hex digits");
        }
        String refusal = refuseEncoded(value, encodedSlash);
        if (refusal != null) {
          return new Result.Ambiguous(refusal);
        }
        if (out == null) {
          out = new StringBuilder(raw.length()).append(raw, 0, i);
        }
        if (isUnreserved(value)) {
          out.append((char) value);
        } else {
          out.append('%').append(upper(raw.charAt(i + 1))).append(upper(raw.charAt(i + 2)));
        }
        i += 2;
      } else {
        if (!isPathCharacter(c)) {
          return new Result.Ambiguous(
              c == ';'
                  ? "path parameters (';')"
                  : c == '\\' ? "a backslash" : "a byte that may not stand in a path");
        }
        if (out != null) {
          out.append(c);
        }
      }
    }
    String text = out == null ? raw : out.toString();
    List<String> segments = split(text);
    for (int i = 0; i < segments.size(); i++) {
      String segment = segments.get(i);
      if (hasDots(segment)) {
        return new Result.Ambiguous("a dot segment");
      }
      if (segment.isEmpty() && i < segments.size() - 1) {
        return new Result.Ambiguous("an empty segment ('//')");
      }
    }
    if (!isUtf8(text)) {
      return new Result.Ambiguous("encoded bytes that are not UTF-8");
    }
    return new Result.Canonical(new CanonicalPath(text, segments));
  }

  /** What is forwarded. */
  public String text() {
    return text;
  }

  /** Without the leading slash; a trailing slash gives a last empty segment. */
  public List<String> segments() {
    return segments;
  }

  /** Also between encoded slashes: a server that decodes them first would follow the dots. */
  private static boolean hasDots(String segment) {
    for (String part : segment.contains("%2F") ? segment.split("%2F", -1) : NO_PARTS) {
      if (part.equals(".") || part.equals("..")) {
        return true;
      }
    }
    return segment.equals(".") || segment.equals("..");
  }

  private static List<String> split(String text) {
    List<String> segments = new ArrayList<>();
    int from = 1;
    while (true) {
      int slash = text.indexOf('/', from);
      if (slash < 0) {
        segments.add(text.substring(from));
        return segments;
      }
      segments.add(text.substring(from, slash));
      from = slash + 1;
    }
  }

  private static @org.jspecify.annotations.Nullable String refuseEncoded(
      int value, boolean encodedSlash) {
    if (value < 0x20 || value == 0x7f) {
      return "an encoded control byte";
    }
    if (value == '%') {
      return "double encoding ('%25')";
    }
    if (value == '/' && !encodedSlash) {
      return "an encoded slash; a destination permits it with encoded-slash: true";
    }
    if (value == '\\') {
      return "an encoded backslash";
    }
    if (value == ';') {
      return "an encoded path parameter";
    }
    return null;
  }

  private static boolean isUtf8(String text) {
    int i = 0;
    while (i < text.length()) {
      if (text.charAt(i) != '%') {
        i++;
        continue;
      }
      int first = hexByte(text, i + 1);
      int more =
          first < 0x80
              ? 0
              : first < 0xc2 ? -1 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : -1;
      if (more < 0) {
        return false;
      }
      i += 3;
      for (int n = 0; n < more; n++, i += 3) {
        if (i >= text.length() || text.charAt(i) != '%') {
          return false;
        }
        int next = hexByte(text, i + 1);
        boolean tooLow = n == 0 && (first == 0xe0 && next < 0xa0 || first == 0xf0 && next < 0x90);
        boolean tooHigh = n == 0 && (first == 0xed && next > 0x9f || first == 0xf4 && next > 0x8f);
        if (next < 0x80 || next > 0xbf || tooLow || tooHigh) {
          return false;
        }
      }
    }
    return true;
  }

  private static int hexByte(String text, int at) {
    if (at + 1 >= text.length()) {
      return -1;
    }
    int high = hexDigit(text.charAt(at));
    int low = hexDigit(text.charAt(at + 1));
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  private static int hexDigit(char c) { // ASCII only, unlike Character.digit
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
      return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  }

  private static char upper(char c) {
    return c >= 'a' && c <= 'f' ? (char) (c - 32) : c;
  }

  /** RFC 3986 §2.3. */
  private static boolean isUnreserved(int c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }

  /** RFC 3986 §3.3 pchar and slash, less the semicolon. */
  private static boolean isPathCharacter(char c) {
    return isUnreserved(c) || "/!$&'()*+,=:@".indexOf(c) >= 0;
  }

  @Override
  public String toString() {
    return text;
  }
}
