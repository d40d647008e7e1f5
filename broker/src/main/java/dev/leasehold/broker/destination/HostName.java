package dev.leasehold.broker.destination;

import java.net.InetAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The host of a URL or of a request, read in one way only: a name of letters, digits, hyphens and
 * underscores without a last dot, an IPv4 address of four plain decimal numbers, or an IPv6 address
 * without a zone. What other programs read in several ways (numbers in octal or hexadecimal, fewer
 * than four of them, escapes, letters beyond ASCII) is none.
 */
public final class HostName {
  private static final int LONGEST_NAME = 253;
  private static final int LONGEST_LABEL = 63;

  private HostName() {}

  /** A name or an IPv4 address in lower case; null when it is neither. */
  public static @Nullable String name(String written) {
    int length = written.length();
    if (length == 0 || length > LONGEST_NAME) {
      return null;
    }
    boolean lower = true;
    int label = 0;
    for (int i = 0; i <= length; i++) {
      char c = i == length ? '.' : written.charAt(i);
      if (c == '.') {
        if (!isLabel(written, label, i)) {
          return null;
        }
        label = i + 1;
      } else if (!isLetterOrDigit(c) && c != '-' && c != '_') {
        return null;
      }
      lower &= c < 'A' || c > 'Z';
    }
    String name = lower ? written : written.toLowerCase(Locale.ROOT);
    return endsInANumber(name) && !isIpv4(name, 0) ? null : name;
  }

  /**
   * An IPv6 address in the one spelling that addresses are compared in; null when it is none.
   *
   * @param literal without its brackets
   */
  public static @Nullable String ipv6(String literal) {
    int colon = literal.lastIndexOf(':');
    boolean mixed = literal.indexOf('.') >= 0;
    boolean plain = literal.chars().allMatch(c -> isHexDigit((char) c) || c == ':' || c == '.');
    if (colon < 0 || !plain || mixed && !isIpv4(literal, colon + 1)) {
      return null;
    }
    try {
      return InetAddress.ofLiteral(literal).getHostAddress();
    } catch (IllegalArgumentException none) {
      return null;
    }
  }

  private static boolean isLabel(String name, int from, int to) {
    int length = to - from;
    return length > 0
        && length <= LONGEST_LABEL
        && name.charAt(from) != '-'
        && name.charAt(to - 1) != '-';
  }

  private static boolean isLetterOrDigit(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isHexDigit(char c) {
    return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
  }

  /** Whether some programs take it for an IPv4 address (WHATWG URL, ends-in-a-number checker). */
  private static boolean endsInANumber(String name) {
    int from = name.lastIndexOf('.') + 1;
    boolean hex = name.startsWith("0x", from);
    for (int i = hex ? from + 2 : from; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!isDigit(c) && !(hex && isHexDigit(c))) {
        return false;
      }
    }
    return true;
  }

  /** Whether four numbers from 0 to 255 without leading zeros stand there, and nothing else. */
  private static boolean isIpv4(String text, int from) {
    int numbers = 0;
    int at = from;
    while (at <= text.length()) {
      int dot = text.indexOf('.', at);
      int end = dot < 0 ? text.length() : dot;
      if (!isByte(text, at, end)) {
        return false;
      }
      numbers++;
      at = end + 1;
    }
    return numbers == 4;
  }

  private static boolean isByte(String text, int from, int to) {
    int length = to - from;
    if (length < 1 || length > 3 || length > 1 && text.charAt(from) == '0') {
      return false;
    }
    int number = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!isDigit(c)) {
        return false;
      }
      number = number * 10 + (c - '0');
    }
    return number <= 255;
  }
}
