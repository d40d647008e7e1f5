package dev.leasehold.experiments;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request in the bytes that a target got, found by a reading of our own.
 *
 * @param path without query, scheme and authority
 * @param whole whether its body is there to the end
 * @param clean whether its head is free of what is for the proxy alone
 */
record SeenRequest(String path, boolean whole, boolean clean) {
  private static final Pattern LENGTH =
      Pattern.compile("(?i)\r\ncontent-length[ \t]*:[ \t]*([0-9]{1,9})");
  private static final Pattern CHUNKED =
      Pattern.compile("(?i)\r\ntransfer-encoding[ \t]*:[^\r]*chunked");

  /** Two servers that differ in what they believe where a head says two things. */
  enum Belief {
    LENGTH,
    CHUNKS
  }

  /** The requests in the bytes of one connection. */
  static List<SeenRequest> read(String bytes, Belief belief) {
    List<SeenRequest> requests = new ArrayList<>();
    int at = 0;
    while (at < bytes.length()) {
      int end = bytes.indexOf("\r\n\r\n", at);
      String head = end < 0 ? bytes.substring(at) : bytes.substring(at, end + 2);
      int next = end < 0 ? -1 : bodyEnd(bytes, head, end + 4, belief);
      boolean clean = !head.toLowerCase(Locale.ROOT).contains("\r\nproxy-");
      requests.add(new SeenRequest(path(head), next >= 0, clean));
      if (next < 0) {
        break;
      }
      at = next;
    }
    return requests;
  }

  /** -1 when it is not all there, or cannot be read. */
  private static int bodyEnd(String bytes, String head, int from, Belief belief) {
    Matcher length = LENGTH.matcher(head);
    boolean hasLength = length.find();
    boolean chunked = CHUNKED.matcher(head).find();
    if (chunked && !(hasLength && belief == Belief.LENGTH)) {
      return chunksEnd(bytes, from);
    }
    int to = hasLength ? from + Integer.parseInt(length.group(1)) : from;
    return to <= bytes.length() ? to : -1;
  }

  private static int chunksEnd(String bytes, int from) {
    int at = from;
    while (true) {
      int line = bytes.indexOf("\r\n", at);
      if (line < 0 || !bytes.substring(at, line).matches("[0-9a-fA-F]{1,7}")) {
        return -1;
      }
      int size = Integer.parseInt(bytes.substring(at, line), 16);
      at = line + 2 + size + 2;
      if (at > bytes.length()) {
        return -1;
      }
      if (size == 0) {
        return at;
      }
    }
  }

  private static String path(String head) {
    String[] words = head.split("[ \r\n]", 3);
    String target = words.length > 1 ? words[1] : "";
    return target.replaceFirst("^https?://[^/]*", "").replaceFirst("\\?.*", "");
  }
}
