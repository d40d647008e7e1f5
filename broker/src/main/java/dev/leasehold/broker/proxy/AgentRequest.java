package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.CanonicalPath;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Target.Scheme;
import dev.leasehold.broker.http.Fields;
import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.KnownField;
import dev.leasehold.broker.http.RequestHead;
import dev.leasehold.broker.policy.Action;
import dev.leasehold.broker.policy.Call;
import dev.leasehold.broker.policy.Intent;
import dev.leasehold.broker.telemetry.Problem;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an agent asks for, in one reading: one target, one path, one framing. Whatever could be read
 * in a second way is refused here, before anybody asks a rule.
 *
 * @param query without its question mark; empty: none
 */
record AgentRequest(RequestHead head, Framing framing, Call call, String query) implements Reading {

  /**
   * Reads a request as it has to be written where it came in.
   *
   * @param via this instance's name, to see its own calls come back
   */
  static Reading of(RequestHead head, Framing framing, Door door, RuleSet rules, String via) {
    Refusal refusal = HeadChecks.refusal(head, via);
    if (refusal != null) {
      return refusal;
    }
    Optional<String> endpoint = door.destinationName();
    if (endpoint.isEmpty()) {
      return door instanceof Door.Tunnel tunnel
          ? ofTunnel(head, framing, tunnel, rules)
          : ofProxy(head, framing, rules);
    }
    Destination destination = rules.policy().destination(endpoint.get()).orElse(null);
    return destination == null
        ? Refusal.of(Problem.DESTINATION_NOT_ALLOWED, "its destination is not configured now")
        : ofEndpoint(head, framing, destination, door);
  }

  /** The request names its target itself (RFC 9112 §3.2.2). */
  private static Reading ofProxy(RequestHead head, Framing framing, RuleSet rules) {
    String target = head.target();
    Scheme scheme = scheme(target);
    if (scheme == null) {
      return target.startsWith("/") || target.equals("*")
          ? Refusal.of(Problem.INVALID_REQUEST, "this address is a proxy: requests name a target")
              .withHint("set http_proxy, or open the task with an endpoint for a base URL")
          : Refusal.of(Problem.INVALID_REQUEST, "the target's scheme is http or https");
    }
    int from = scheme.word().length() + 3;
    int to = authorityEnd(target, from);
    Authority authority = Authority.parse(target.substring(from, to));
    if (authority == null) {
      return Refusal.of(
          Problem.AMBIGUOUS_REQUEST, "the target's host is a plain name or address, without user");
    }
    return HeadChecks.hostAgrees(head.fields(), authority, scheme.defaultPort())
        ? finish(head, framing, scheme, authority, to, "", rules.permitsEncodedSlash())
        : Refusal.of(Problem.TARGET_MISMATCH, "Host and the request's target differ");
  }

  /**
   * CONNECT has named the target; TLS, Host and, where it is written, the whole URL have to agree
   * with it (RFC 9110 §7.4).
   */
  private static Reading ofTunnel(
      RequestHead head, Framing framing, Door.Tunnel tunnel, RuleSet rules) {
    if (!tunnel.nameAgrees()) {
      return Refusal.of(Problem.TARGET_MISMATCH, "TLS asked for another host than CONNECT");
    }
    String target = head.target();
    int defaultPort = tunnel.scheme().defaultPort();
    int to = 0;
    if (!target.startsWith("/")) {
      Scheme scheme = scheme(target);
      if (scheme == null) {
        return Refusal.of(Problem.INVALID_REQUEST, "the target is a path, or a whole URL");
      }
      int from = scheme.word().length() + 3;
      to = authorityEnd(target, from);
      Authority said = Authority.parse(target.substring(from, to));
      if (scheme != tunnel.scheme()
          || said == null
          || !said.sameAs(tunnel.authority(), defaultPort)) {
        return Refusal.of(Problem.TARGET_MISMATCH, "the request's target is not the tunnel's");
      }
    }
    return HeadChecks.hostAgrees(head.fields(), tunnel.authority(), defaultPort)
        ? finish(
            head, framing, tunnel.scheme(), tunnel.called(), to, "", rules.permitsEncodedSlash())
        : Refusal.of(Problem.TARGET_MISMATCH, "Host and the tunnel's target differ");
  }

  /** The address stands for {@code destination}. */
  private static Reading ofEndpoint(
      RequestHead head, Framing framing, Destination destination, Door door) {
    Fields fields = head.fields();
    if (fields.has(KnownField.ORIGIN) || HeadChecks.isCrossSite(fields)) {
      return Refusal.of(Problem.FORBIDDEN, "web pages have no business here").closing();
    }
    int host = fields.find(KnownField.HOST);
    String said = host < 0 ? "" : fields.value(host).toLowerCase(Locale.ROOT);
    if (!door.ownHosts().isEmpty() && !door.ownHosts().contains(said)) {
      return Refusal.of(Problem.TARGET_MISMATCH, "Host is not this endpoint's own");
    }
    if (!head.target().startsWith("/")) {
      return Refusal.of(Problem.INVALID_REQUEST, "an endpoint takes a path, not a whole URL");
    }
    String base = destination.basePath();
    return finish(
        head,
        framing,
        Scheme.HTTP, // the agent's leg; towards the target it may rise
        new Authority(destination.target().host(), destination.target().port()),
        0,
        base.endsWith("/") ? base.substring(0, base.length() - 1) : base,
        destination.encodedSlash());
  }

  /**
   * @param from where the path begins in the request's target
   */
  private static Reading finish(
      RequestHead head,
      Framing framing,
      Scheme scheme,
      Authority authority,
      int from,
      String basePath,
      boolean encodedSlash) {
    String target = head.target();
    int mark = target.indexOf('?', from);
    String path = target.substring(from, mark < 0 ? target.length() : mark);
    String query = mark < 0 ? "" : target.substring(mark + 1);
    String whole = basePath + (path.isEmpty() ? "/" : path);
    Fields fields = head.fields();
    int said = fields.find(KnownField.LEASEHOLD_INTENT);
    Optional<Intent> intent = said < 0 ? Optional.empty() : Intent.parse(fields.value(said));
    if (said >= 0 && (intent.isEmpty() || fields.count(KnownField.LEASEHOLD_INTENT) > 1)) {
      return Refusal.of(
          Problem.INVALID_REQUEST,
          "Leasehold-Intent is one action and one destination, perhaps with a path");
    }
    return switch (CanonicalPath.parse(whole, encodedSlash)) {
      case CanonicalPath.Result.Ambiguous(String reason) ->
          Refusal.of(Problem.AMBIGUOUS_REQUEST, "the path is not plain: " + reason);
      case CanonicalPath.Result.Canonical(CanonicalPath canonical) ->
          new AgentRequest(
              head,
              framing,
              new Call(
                  scheme,
                  authority.host(),
                  authority.port(),
                  WebSockets.isAsked(head.fields()) ? Action.WEBSOCKET : Action.HTTP,
                  head.method(),
                  canonical,
                  intent),
              query);
    };
  }

  private static @Nullable Scheme scheme(String target) {
    if (target.regionMatches(true, 0, "http://", 0, 7)) {
      return Scheme.HTTP;
    }
    return target.regionMatches(true, 0, "https://", 0, 8) ? Scheme.HTTPS : null;
  }

  private static int authorityEnd(String target, int from) {
    int to = from;
    while (to < target.length() && target.charAt(to) != '/' && target.charAt(to) != '?') {
      to++;
    }
    return to;
  }

  /** Whether the agent waits for a 100 before it sends its body. */
  boolean expectsContinue() {
    return head.isVersion11() && head.fields().has(KnownField.EXPECT);
  }

  boolean isHead() {
    return head.method().equals("HEAD");
  }

  boolean wantsWebSocket() {
    return call.action() == Action.WEBSOCKET;
  }

  /** Whether it can be sent a second time without anybody noticing (RFC 9110 §9.2.2). */
  boolean isRepeatable() {
    if (framing != Framing.NONE) {
      return false;
    }
    return switch (head.method()) {
      case "GET", "HEAD", "OPTIONS", "PUT", "DELETE" -> true;
      default -> false;
    };
  }
}
