package dev.leasehold.broker.http;

/** An answer's first line and fields (RFC 9112 §4). The reason phrase is not kept. */
public final class ResponseHead {
  private final int status;
  private final boolean version11;
  private final Fields fields;

  private ResponseHead(int status, boolean version11, Fields fields) {
    this.status = status;
    this.version11 = version11;
    this.fields = fields;
  }

  /**
   * @param head what {@link HeadReader} gave
   */
  public static ResponseHead parse(byte[] head) throws MalformedMessage {
    // "HTTP/1.1 200" and an optional reason; HeadReader guarantees that a CRLF comes.
    boolean shaped =
        head.length > 14
            && head[0] == 'H'
            && head[1] == 'T'
            && head[2] == 'T'
            && head[3] == 'P'
            && head[4] == '/'
            && head[5] == '1'
            && head[6] == '.'
            && (head[7] == '0' || head[7] == '1')
            && head[8] == ' '
            && head[9] >= '1'
            && head[9] <= '5'
            && isDigit(head[10])
            && isDigit(head[11])
            && (head[12] == ' ' || head[12] == '\r');
    if (!shaped) {
      throw MalformedMessage.ambiguous("an answer begins with its version and status");
    }
    int at = 12;
    while (Ascii.isFieldValue(head[at])) {
      at++;
    }
    if (head[at] != '\r' || head[at + 1] != '\n') {
      throw MalformedMessage.ambiguous("a reason phrase has no control bytes");
    }
    int status = (head[9] - '0') * 100 + (head[10] - '0') * 10 + (head[11] - '0');
    return new ResponseHead(status, head[7] == '1', Fields.parse(head, at + 2));
  }

  private static boolean isDigit(byte c) {
    return c >= '0' && c <= '9';
  }

  /** 100 to 599. */
  public int status() {
    return status;
  }

  public boolean isInterim() {
    return status < 200;
  }

  public boolean isVersion11() {
    return version11;
  }

  public Fields fields() {
    return fields;
  }

  /** Whether the peer keeps the connection for another request (RFC 9112 §9.3). */
  public boolean keepsAlive() {
    return Persistence.keepsAlive(fields, version11);
  }
}
