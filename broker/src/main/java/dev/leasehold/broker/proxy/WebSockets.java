package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.http.Fields;
import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.KnownField;
import dev.leasehold.broker.http.ResponseHead;
import dev.leasehold.broker.telemetry.Problem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The opening handshake of a WebSocket (RFC 6455 §4): the one way in which a call may turn into a
 * stream of bytes both ways, and only once the target has proven that it means the same.
 */
final class WebSockets {
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int KEY_BYTES = 16;

  private WebSockets() {}

  /** Whether a WebSocket is what the agent asks for; any other upgrade is not taken up. */
  static boolean isAsked(Fields fields) {
    int at = fields.find(KnownField.UPGRADE);
    return at >= 0 && fields.valueIs(at, "websocket");
  }

  /** Why it cannot be had; null when it can. */
  static @Nullable Refusal refusal(AgentRequest read, Destination to) {
    if (!to.websocket()) {
      return Refusal.of(Problem.RULE_DENIED, "the destination takes no WebSocket")
          .withRule("destinations." + to.name() + ".websocket")
          .withHint("websocket: true permits it");
    }
    Fields fields = read.head().fields();
    boolean right =
        read.head().isVersion11()
            && read.head().method().equals("GET")
            && read.framing() == Framing.NONE
            && fields.count(KnownField.UPGRADE) == 1
            && fields.count(KnownField.SEC_WEBSOCKET_KEY) == 1
            && isKey(fields.value(fields.find(KnownField.SEC_WEBSOCKET_KEY)))
            && fields.count(KnownField.SEC_WEBSOCKET_VERSION) == 1
            && fields.valueIs(fields.find(KnownField.SEC_WEBSOCKET_VERSION), "13");
    return right
        ? null
        : Refusal.of(Problem.INVALID_REQUEST, "this is no opening of a WebSocket (RFC 6455 §4.1)");
  }

  private static boolean isKey(String text) {
    try {
      return text.length() == 24 && Base64.getDecoder().decode(text).length == KEY_BYTES;
    } catch (IllegalArgumentException none) {
      return false;
    }
  }

  /**
   * Whether a 101 answers just this opening.
   *
   * @param plain whether no extension was offered, since one could hide what comes back
   */
  static boolean isAccepted(Fields asked, boolean plain, ResponseHead answer) {
    Fields fields = answer.fields();
    return !(plain && fields.has(KnownField.SEC_WEBSOCKET_EXTENSIONS))
        && fields.count(KnownField.UPGRADE) == 1
        && fields.valueIs(fields.find(KnownField.UPGRADE), "websocket")
        && fields.count(KnownField.SEC_WEBSOCKET_ACCEPT) == 1
        && fields
            .value(fields.find(KnownField.SEC_WEBSOCKET_ACCEPT))
            .equals(accept(asked.value(asked.find(KnownField.SEC_WEBSOCKET_KEY))))
        && hasOfferedProtocol(asked, fields);
  }

  /** None, or one of those that were asked for (RFC 6455 §4.1). */
  private static boolean hasOfferedProtocol(Fields asked, Fields answer) {
    KnownField name = KnownField.SEC_WEBSOCKET_PROTOCOL;
    if (!answer.has(name)) {
      return true;
    }
    String chosen = answer.value(answer.find(name));
    return answer.count(name) == 1
        && IntStream.range(0, asked.size())
            .filter(i -> asked.known(i) == name)
            .mapToObj(asked::value)
            .flatMap(value -> Arrays.stream(value.split(",", -1)))
            .anyMatch(offered -> offered.strip().equals(chosen));
  }

  private static String accept(String key) {
    try {
      byte[] text = (key + GUID).getBytes(StandardCharsets.US_ASCII);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
