package dev.leasehold.broker.http;

/** How long a message's body is (RFC 9112 §6); one reading only, or the message is refused. */
public sealed interface Framing {
  Framing NONE = new None();
  Framing CHUNKED = new Chunked();
  Framing UNTIL_CLOSE = new UntilClose();

  record None() implements Framing {}

  /** More than zero bytes. */
  record Length(long bytes) implements Framing {}

  record Chunked() implements Framing {}

  /** Answers only: as long as the connection lasts. */
  record UntilClose() implements Framing {}

  /** The framing of a request. */
  static Framing ofRequest(RequestHead head) throws MalformedMessage {
    Framing said = said(head.fields(), head.isVersion11());
    return said == UNTIL_CLOSE ? NONE : said;
  }

  /**
   * The framing of an answer.
   *
   * @param toHead whether the request was a HEAD
   */
  static Framing ofResponse(ResponseHead head, boolean toHead) throws MalformedMessage {
    Framing said = said(head.fields(), head.isVersion11());
    int status = head.status();
    return toHead || status < 200 || status == 204 || status == 304 ? NONE : said;
  }

  private static Framing said(Fields fields, boolean version11) throws MalformedMessage {
    int codings = fields.count(KnownField.TRANSFER_ENCODING);
    int lengths = fields.count(KnownField.CONTENT_LENGTH);
    if (codings > 0) {
      if (lengths > 0) {
        throw MalformedMessage.ambiguous("Content-Length and Transfer-Encoding exclude each other");
      }
      if (!version11) {
        throw MalformedMessage.ambiguous("HTTP/1.0 knows no Transfer-Encoding");
      }
      if (codings > 1 || !fields.valueIs(fields.find(KnownField.TRANSFER_ENCODING), "chunked")) {
        throw MalformedMessage.ambiguous("the only Transfer-Encoding is: chunked");
      }
      return CHUNKED;
    }
    if (lengths == 0) {
      return UNTIL_CLOSE;
    }
    if (lengths > 1) {
      throw MalformedMessage.ambiguous("Content-Length stands once");
    }
    long length = digits(fields.valueBytes(fields.find(KnownField.CONTENT_LENGTH)));
    return length == 0 ? NONE : new Length(length);
  }

  private static long digits(byte[] text) throws MalformedMessage {
    if (text.length == 0 || text.length > 18) {
      throw MalformedMessage.ambiguous("Content-Length is 1 to 18 digits");
    }
    long value = 0;
    for (byte c : text) {
      if (c < '0' || c > '9') {
        throw MalformedMessage.ambiguous("Content-Length is 1 to 18 digits");
      }
      value = value * 10 + (c - '0');
    }
    return value;
  }
}
