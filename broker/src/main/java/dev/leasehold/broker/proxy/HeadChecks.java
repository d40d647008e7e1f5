package dev.leasehold.broker.proxy;

import dev.leasehold.broker.http.Fields;
import dev.leasehold.broker.http.KnownField;
import dev.leasehold.broker.http.Persistence;
import dev.leasehold.broker.http.RequestHead;
import dev.leasehold.broker.telemetry.Problem;
import org.jspecify.annotations.Nullable;

/** What no request's fields may say, wherever it goes. */
final class HeadChecks {
  private HeadChecks() {}

  /**
   * Null when all is well.
   *
   * @param via this instance's name, to see its own calls come back
   */
  static @Nullable Refusal refusal(RequestHead head, String via) {
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

  /** Whether a web page of another site makes a browser ask (Fetch Metadata). */
  static boolean isCrossSite(Fields fields) {
    int site = fields.find(KnownField.SEC_FETCH_SITE);
    return site >= 0 && !fields.valueIs(site, "none") && !fields.valueIs(site, "same-origin");
  }

  /** Whether Host, where there is one, means {@code authority}. */
  static boolean hostAgrees(Fields fields, Authority authority, int defaultPort) {
    int host = fields.find(KnownField.HOST);
    if (host < 0) {
      return true;
    }
    Authority said = Authority.parse(fields.value(host));
    return said != null && said.sameAs(authority, defaultPort);
  }
}
