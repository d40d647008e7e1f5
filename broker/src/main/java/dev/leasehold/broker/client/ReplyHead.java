package dev.leasehold.broker.client;

import java.io.IOException;
import java.util.Locale;

/**
 * The head of an answer, as far as it matters here (RFC 9112).
 *
 * @param length of the body, by Content-Length; the API frames its answers in no other way
 * @param closes whether the connection is of no more use afterwards
 */
record ReplyHead(int status, int length, boolean closes) {
  /**
   * @param head up to and with the empty line
   */
  static ReplyHead parse(String head) throws IOException {
    String[] lines = head.split("\r\n", -1);
    String[] first = lines[0].split(" ", 3);
    if (first.length < 2 || !first[0].equals("HTTP/1.1") || !first[1].matches("[1-9][0-9]{2}")) {
      throw new IOException("the answer is not HTTP/1.1");
    }
    int length = -1;
    boolean closes = false;
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon > 0) {
        String value = lines[i].substring(colon + 1).strip();
        switch (lines[i].substring(0, colon).toLowerCase(Locale.ROOT)) {
          case "content-length" -> length = length(value);
          case "connection" -> closes |= value.equalsIgnoreCase("close");
          default -> {}
        }
      }
    }
    if (length < 0) {
      throw new IOException("the answer has no length");
    }
    return new ReplyHead(Integer.parseInt(first[1]), length, closes);
  }

  private static int length(String value) throws IOException {
    if (!value.matches("[0-9]{1,9}")) {
      throw new IOException("the answer's length is no number");
    }
    return Integer.parseInt(value);
  }
}
