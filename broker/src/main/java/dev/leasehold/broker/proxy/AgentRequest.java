package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.CanonicalPath;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Target.Scheme;
import dev.leasehold.broker.http.Fields;
import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.KnownField;
import dev.leasehold.broker.http.Persistence;
import dev.leasehold.broker.http.RequestHead;
import dev.leasehold.broker.policy.Call;
import dev.leasehold.broker.telemetry.Problem;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an agent asks for, in one reading: one target, one path, one framing. Whatever could be read
 * in a second way is refused here, before anybody asks a rule.
 *
 * @param query without its question mark; empty: none
 */
record AgentRequest(RequestHead head, Framing framing, Call call, String query) implements Reading {

  /**
   * Reads a request that names its target itself (RFC 9112 §3.2.2).
   *
   * @param via this instance's name, to see its own calls come back
   */
  static Reading ofProxy(RequestHead head, Framing framing, RuleSet rules, String via) {
    Refusal refusal = refuseFields(head, via);
    if (refusal != null) {
      return refusal;
    }
    String target = head.target();
    Scheme scheme = scheme(target);
    if (scheme == null) {
      return target.startsWith("/") || target.equals("*")
          ? Refusal.of(Problem.INVALID_REQUEST, "this address is a proxy: requests name a target")
              .withHint("set http_proxy, or open the task with an endpoint for a base URL")
          : Refusal.of(Problem.INVALID_REQUEST, "the target's scheme is http or https");
    }
    int from = scheme.word().length() + 3;
    int to = from;
    while (to < target.length() && target.charAt(to) != '/' && target.charAt(to) != '?') {
      to++;
    }
    Authority authority = Authority.parse(target.substring(from, to));
    if (authority == null) {
      return Refusal.of(
          Problem.AMBIGUOUS_REQUEST, "the target's host is a plain name or address, without user");
    }
    Fields fields = head.fields();
    int host = fields.find(KnownField.HOST);
    if (host >= 0) {
      Authority said = Authority.parse(fields.value(host));
      if (said == null || !said.sameAs(authority, scheme.defaultPort())) {
        return Refusal.of(Problem.TARGET_MISMATCH, "Host and the request's target differ");
      }
    }
    return finish(head, framing, scheme, authority, target, to, "", rules.permitsEncodedSlash());
  }

  /** Reads a request to an address that stands for {@code destination}. */
  static Reading ofEndpoint(
      RequestHead head, Framing framing, Destination destination, Door door, String via) {
    Refusal refusal = refuseFields(head, via);
    if (refusal != null) {
      return refusal;
    }
    Fields fields = head.fields();
    if (fields.has(KnownField.ORIGIN) || isCrossSite(fields)) {
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
        head.target(),
        0,
        base.endsWith("/") ? base.substring(0, base.length() - 1) : base,
        destination.encodedSlash());
  }

  private static Reading finish(
      RequestHead head,
      Framing framing,
      Scheme scheme,
      Authority authority,
      String target,
      int from,
      String basePath,
      boolean encodedSlash) {
    int mark = target.indexOf('?', from);
    String path = target.substring(from, mark < 0 ? target.length() : mark);
    String query = mark < 0 ? "" : target.substring(mark + 1);
    String whole = basePath + (path.isEmpty() ? "/" : path);
    return switch (CanonicalPath.parse(whole, encodedSlash)) {
      case CanonicalPath.Result.Ambiguous(String reason) ->
          Refusal.of(Problem.AMBIGUOUS_REQUEST, "the path is not plain: " + reason);
      case CanonicalPath.Result.Canonical(CanonicalPath canonical) ->
          new AgentRequest(
              head,
              framing,
              new Call(scheme, authority.host(), authority.port(), head.method(), canonical),
              query);
    };
  }

  /** What no request may have, wherever it goes. */
  private static @Nullable Refusal refuseFields(RequestHead head, String via) {
    Fields fields = head.fields();
    int hosts = fields.count(KnownField.HOST);
    if (hosts > 1 || hosts == 0 && head.isVersion11()) {
      return Refusal.of(Problem.AMBIGUOUS_REQUEST, "Host stands once");
    }
    if (fields.has(KnownField.CONNECTION) && !Persistence.isPlain(fields)) {
      return Refusal.of(
          Problem.AMBIGUOUS_REQUEST, "Connection names a field that must not end here");
    }
    if (head.method().equals("TRACE") || head.method().equals("TRACK")) {
      return Refusal.of(Problem.RULE_DENIED, "TRACE would send a credential back")
          .withRule("proxy.trace");
    }
    int expect = fields.find(KnownField.EXPECT);
    if (expect >= 0
        && (fields.count(KnownField.EXPECT) > 1 || !fields.valueIs(expect, "100-continue"))) {
      return Refusal.of(Problem.INVALID_REQUEST, "the only expectation is: 100-continue");
    }
    if (fields.has(KnownField.VIA) && passedHere(fields, via)) {
      return Refusal.of(Problem.INVALID_REQUEST, "the request has been here before").closing();
    }
    return null;
  }

  private static boolean passedHere(Fields fields, String via) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.known(i) == KnownField.VIA && fields.value(i).contains(via)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isCrossSite(Fields fields) {
    int site = fields.find(KnownField.SEC_FETCH_SITE);
    return site >= 0 && !fields.valueIs(site, "none") && !fields.valueIs(site, "same-origin");
  }

  private static @Nullable Scheme scheme(String target) {
    if (target.regionMatches(true, 0, "http://", 0, 7)) {
      return Scheme.HTTP;
    }
    return target.regionMatches(true, 0, "https://", 0, 8) ? Scheme.HTTPS : null;
  }

  /** Whether the agent waits for a 100 before it sends its body. */
  boolean expectsContinue() {
    return head.isVersion11() && head.fields().has(KnownField.EXPECT);
  }

  boolean isHead() {
    return head.method().equals("HEAD");
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
