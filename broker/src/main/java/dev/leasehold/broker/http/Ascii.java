package dev.leasehold.broker.http;

/** Character classes of RFC 9110 §5.6.2 and RFC 3986, and comparisons that know ASCII only. */
final class Ascii {
  private static final byte TOKEN = 1;
  private static final byte FIELD_VALUE = 2;
  private static final byte TARGET = 4;
  private static final byte UPPER = 8;
  private static final byte[] CLASSES = new byte[256];

  static {
    for (int c = 0; c < 256; c++) {
      boolean upper = c >= 'A' && c <= 'Z';
      boolean alphanumeric = upper || c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
      if (alphanumeric || c < 0x7f && "!#$%&'*+-.^_`|~".indexOf(c) >= 0) {
        CLASSES[c] |= TOKEN;
      }
      if (c == '\t' || c >= 0x20 && c != 0x7f) {
        CLASSES[c] |= FIELD_VALUE;
      }
      // What no client has to encode, less '#', quotes, angle brackets, backslash and back-tick.
      if (alphanumeric || c < 0x7f && "-._~:/?[]@!$&'()*+,;=%|{}^".indexOf(c) >= 0) {
        CLASSES[c] |= TARGET;
      }
      if (upper || c >= '0' && c <= '9' || c == '-' || c == '_') {
        CLASSES[c] |= UPPER;
      }
    }
  }

  private Ascii() {}

  static boolean isToken(byte c) {
    return (CLASSES[c & 0xff] & TOKEN) != 0;
  }

  static boolean isFieldValue(byte c) {
    return (CLASSES[c & 0xff] & FIELD_VALUE) != 0;
  }

  static boolean isTarget(byte c) {
    return (CLASSES[c & 0xff] & TARGET) != 0;
  }

  static boolean isMethod(byte c) {
    return (CLASSES[c & 0xff] & UPPER) != 0;
  }

  static boolean equalsIgnoreCase(byte[] bytes, int from, int to, String lowerCase) {
    if (to - from != lowerCase.length()) {
      return false;
    }
    for (int i = 0; i < to - from; i++) {
      if (lower(bytes[from + i]) != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  static byte lower(byte c) {
    return c >= 'A' && c <= 'Z' ? (byte) (c | 0x20) : c;
  }
}
