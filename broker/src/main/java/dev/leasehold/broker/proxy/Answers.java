package dev.leasehold.broker.proxy;

import dev.leasehold.broker.http.Fields;
import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.KnownField;
import dev.leasehold.broker.http.Persistence;
import dev.leasehold.broker.http.ResponseHead;
import dev.leasehold.broker.http.Wire;
import dev.leasehold.broker.redact.Redaction;
import dev.leasehold.broker.telemetry.Problem;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** What agents are answered, as bytes: targets' heads written anew, and our own problems. */
final class Answers {
  /** How the agent's connection goes on, which the head has to say. */
  enum Persisting {
    /** As every HTTP/1.1 connection does. */
    BY_DEFAULT,
    /** HTTP/1.0 wants it said. */
    KEPT,
    CLOSED
  }

  /** How the body to the agent is delimited. */
  enum Delimiting {
    /** As the target's own Content-Length says, or there is none. */
    AS_IT_CAME,
    CHUNKED,
    UNTIL_CLOSE
  }

  private static final byte[] TUNNEL_OPEN =
      "HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private Answers() {}

  /** To a CONNECT; without a framing of its own (RFC 9110 §9.3.6). */
  static ByteBuf tunnelOpen() {
    return Unpooled.wrappedBuffer(TUNNEL_OPEN);
  }

  static Delimiting delimiting(Framing framing, boolean version11) {
    return switch (framing) {
      case Framing.None none -> Delimiting.AS_IT_CAME;
      case Framing.Length length -> Delimiting.AS_IT_CAME;
      case Framing.Chunked chunked -> version11 ? Delimiting.CHUNKED : Delimiting.UNTIL_CLOSE;
      case Framing.UntilClose close -> version11 ? Delimiting.CHUNKED : Delimiting.UNTIL_CLOSE;
    };
  }

  /**
   * The head of a target's answer: end-to-end fields only, framing and connection our own.
   *
   * @param decoded whether the coding of the body was undone
   * @param redaction masks what the target says
   */
  static ByteBuf head(
      ByteBufAllocator allocator,
      ResponseHead head,
      Delimiting delimiting,
      Persisting persisting,
      boolean decoded,
      String via,
      Redaction redaction) {
    Fields fields = head.fields();
    ByteBuf out = allocator.directBuffer(fields.wireSize() + 192);
    line(out, head.status(), HttpResponseStatus.valueOf(head.status()).reasonPhrase());
    int from = out.writerIndex();
    Set<String> listed = listedByConnection(fields);
    for (int i = 0; i < fields.size(); i++) {
      if (passes(fields, i, listed)
          && !(decoded && fields.known(i) == KnownField.CONTENT_ENCODING)) {
        fields.writeLine(i, out);
      }
    }
    redaction.maskHead(out, from, out.writerIndex());
    switch (delimiting) {
      case AS_IT_CAME -> length(out, head);
      case CHUNKED -> Wire.ascii(out, "transfer-encoding: chunked\r\n");
      case UNTIL_CLOSE -> {}
    }
    if (!head.isInterim()) {
      Wire.ascii(out, "via: 1.1 ");
      Wire.ascii(out, via);
      Wire.endLine(out);
      persist(out, persisting);
    }
    Wire.endLine(out);
    return out;
  }

  /** Content-Length as it came; it was checked when the framing was read. */
  private static void length(ByteBuf out, ResponseHead head) {
    int at = head.fields().find(KnownField.CONTENT_LENGTH);
    if (at >= 0 && !head.isInterim() && head.status() != 204) {
      head.fields().writeLine(at, out);
    }
  }

  private static boolean passes(Fields fields, int index, Set<String> listed) {
    KnownField known = fields.known(index);
    if (known == null) {
      return !fields.nameStartsWith(index, "proxy-")
          && (listed.isEmpty() || !listed.contains(fields.name(index)));
    }
    boolean hop =
        known.role() == KnownField.Role.FRAMING || known.role() == KnownField.Role.HOP_BY_HOP;
    return !hop && (listed.isEmpty() || !listed.contains(known.text()));
  }

  /** Fields that the target declares to end here (RFC 9110 §7.6.1). */
  private static Set<String> listedByConnection(Fields fields) {
    if (!fields.has(KnownField.CONNECTION) || Persistence.isPlain(fields)) {
      return Set.of();
    }
    Set<String> listed = new HashSet<>();
    for (int i = 0; i < fields.size(); i++) {
      if (fields.known(i) == KnownField.CONNECTION) {
        for (String token : fields.value(i).split(",", -1)) {
          listed.add(token.strip().toLowerCase(Locale.ROOT));
        }
      }
    }
    return listed;
  }

  /** The head of a target's 101 to a WebSocket. */
  static ByteBuf switched(ByteBufAllocator allocator, ResponseHead head, Redaction redaction) {
    Fields fields = head.fields();
    ByteBuf out = allocator.directBuffer(fields.wireSize() + 128);
    line(out, 101, HttpResponseStatus.SWITCHING_PROTOCOLS.reasonPhrase());
    int from = out.writerIndex();
    for (int i = 0; i < fields.size(); i++) {
      if (passes(fields, i, Set.of())) {
        fields.writeLine(i, out);
      }
    }
    redaction.maskHead(out, from, out.writerIndex());
    Wire.ascii(out, "connection: Upgrade\r\nupgrade: websocket\r\n\r\n");
    return out;
  }

  /**
   * A problem of our own (RFC 9457), with what a proxy says of itself beside it (RFC 9209).
   *
   * @param toHead whether the body is left out, because the request was a HEAD
   */
  static ByteBuf problem(
      ByteBufAllocator allocator, Refusal refusal, boolean toHead, Persisting persisting) {
    String reason = HttpResponseStatus.valueOf(refusal.status()).reasonPhrase();
    return problem(allocator, refusal, reason, toHead, persisting);
  }

  /** The same for a CONNECT; of which many clients show the first line, and nothing else. */
  static ByteBuf refusedTunnel(ByteBufAllocator allocator, Refusal refusal, Persisting persisting) {
    return problem(allocator, refusal, refusal.problem().word(), false, persisting);
  }

  private static ByteBuf problem(
      ByteBufAllocator allocator,
      Refusal refusal,
      String reason,
      boolean toHead,
      Persisting persisting) {
    byte[] body =
        refusal
            .problem()
            .json(
                refusal.status(),
                refusal.detail(),
                refusal.rule(),
                refusal.hint(),
                refusal.approval());
    ByteBuf out = allocator.directBuffer(body.length + 384);
    line(out, refusal.status(), reason);
    Wire.ascii(out, "content-type: " + Problem.MEDIA_TYPE + "\r\ncontent-length: ");
    Wire.decimal(out, body.length);
    Wire.ascii(out, "\r\ncache-control: no-store\r\nproxy-status: leasehold; error=");
    Wire.ascii(out, ProxyStatus.error(refusal.problem()));
    Wire.ascii(out, "; details=\"");
    Wire.ascii(out, refusal.problem().word());
    Wire.ascii(out, "\"\r\n");
    if (refusal.status() == 407) {
      Wire.ascii(out, "proxy-authenticate: Basic realm=\"leasehold\"\r\n");
    } else if (refusal.status() == 401) {
      Wire.ascii(out, "www-authenticate: Basic realm=\"leasehold\"\r\n");
    }
    if (refusal.retryAfter().isPositive()) {
      Wire.ascii(out, "retry-after: ");
      Wire.decimal(out, Math.max(1, refusal.retryAfter().toSeconds()));
      Wire.endLine(out);
    }
    persist(out, persisting);
    Wire.endLine(out);
    if (!toHead) {
      out.writeBytes(body);
    }
    return out;
  }

  private static void line(ByteBuf out, int status, String reason) {
    Wire.ascii(out, "HTTP/1.1 ");
    Wire.decimal(out, status);
    out.writeByte(' ');
    Wire.ascii(out, reason);
    Wire.endLine(out);
  }

  private static void persist(ByteBuf out, Persisting persisting) {
    switch (persisting) {
      case BY_DEFAULT -> {}
      case KEPT -> Wire.ascii(out, "connection: keep-alive\r\n");
      case CLOSED -> Wire.ascii(out, "connection: close\r\n");
    }
  }
}
