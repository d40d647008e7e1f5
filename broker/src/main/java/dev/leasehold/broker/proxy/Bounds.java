package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Limits;
import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.RequestHead;
import dev.leasehold.broker.telemetry.Problem;
import org.jspecify.annotations.Nullable;

/** The bounds of one destination, which can be looked at only once it is known which it is. */
final class Bounds {
  /** Two spaces, the version and the end of a request line. */
  private static final int LINE_REST = 12;

  private Bounds() {}

  /**
   * What of a request is too much, or not permitted, at its destination; null when all is well.
   *
   * @param headBytes the size of the whole head
   */
  static @Nullable Refusal excess(Destination to, AgentRequest read, int headBytes) {
    Limits limits = to.limits();
    RequestHead head = read.head();
    int line = head.method().length() + head.target().length() + LINE_REST;
    if (line > limits.requestLine()) {
      return Refusals.limit(414, "the request line is too long", "request-line");
    }
    if (headBytes - line > limits.header() || head.fields().size() > limits.headers()) {
      return Refusals.limit(431, "the header is too large", "header");
    }
    if (read.framing() instanceof Framing.Length(long bytes)
        && bytes > limits.body().orElse(Long.MAX_VALUE)) {
      return Refusals.limit(413, "the body is too large", "body");
    }
    if (!to.encodedSlash() && read.call().path().text().contains("%2F")) {
      return Refusal.of(Problem.AMBIGUOUS_REQUEST, "the path is not plain: an encoded slash");
    }
    return read.wantsWebSocket() ? WebSockets.refusal(read, to) : null;
  }
}
