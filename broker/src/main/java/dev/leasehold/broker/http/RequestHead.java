package dev.leasehold.broker.http;

import java.nio.charset.StandardCharsets;

/**
 * A request's first line and fields (RFC 9112 §3). The method is upper case; the target is
 * printable ASCII without a fragment and is not interpreted further here.
 */
public final class RequestHead {
  private static final int LONGEST_METHOD = 24;
  private static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);

  private final String method;
  private final String target;
  private final boolean version11;
  private final Fields fields;

  private RequestHead(String method, String target, boolean version11, Fields fields) {
    this.method = method;
    this.target = target;
    this.version11 = version11;
    this.fields = fields;
  }

  /**
   * @param head what {@link HeadReader} gave
   */
  public static RequestHead parse(byte[] head) throws MalformedMessage {
    int at = 0;
    while (Ascii.isMethod(head[at])) {
      at++;
    }
    if (at == 0 || at > LONGEST_METHOD || head[at] != ' ') {
      throw MalformedMessage.ambiguous("a request begins with an upper-case method and one space");
    }
    String method = method(head, at);
    int from = ++at;
    while (Ascii.isTarget(head[at])) {
      at++;
    }
    if (at == from || head[at] != ' ') {
      throw MalformedMessage.ambiguous(
          "a request target is printable ASCII, followed by one space");
    }
    String target = new String(head, from, at - from, StandardCharsets.ISO_8859_1);
    at++;
    for (byte c : VERSION) {
      if (head[at++] != c) {
        throw new MalformedMessage(
            MalformedMessage.Kind.UNSUPPORTED, "the version is HTTP/1.1 or HTTP/1.0");
      }
    }
    byte minor = head[at];
    if (minor != '0' && minor != '1' || head[at + 1] != '\r' || head[at + 2] != '\n') {
      throw new MalformedMessage(
          MalformedMessage.Kind.UNSUPPORTED, "the version is HTTP/1.1 or HTTP/1.0");
    }
    return new RequestHead(method, target, minor == '1', Fields.parse(head, at + 3));
  }

  private static String method(byte[] head, int length) {
    // The common ones without an allocation.
    if (length == 3 && head[0] == 'G' && head[1] == 'E' && head[2] == 'T') {
      return "GET";
    }
    if (length == 4 && head[0] == 'P' && head[1] == 'O' && head[2] == 'S' && head[3] == 'T') {
      return "POST";
    }
    return new String(head, 0, length, StandardCharsets.US_ASCII);
  }

  public String method() {
    return method;
  }

  /** As it was sent. */
  public String target() {
    return target;
  }

  /** HTTP/1.1; else HTTP/1.0. */
  public boolean isVersion11() {
    return version11;
  }

  public Fields fields() {
    return fields;
  }
}
