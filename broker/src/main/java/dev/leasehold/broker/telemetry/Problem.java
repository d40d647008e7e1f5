package dev.leasehold.broker.telemetry;

import java.util.Locale;

/**
 * Every reason for which Leasehold itself refuses something, as agents, callers, the audit log and
 * the metric {@code denials_total} name it (RFC 9457). Each has an entry in docs/problems.md.
 */
public enum Problem {
  INVALID_REQUEST("The request is not valid", 400),
  /** The connection is closed after the answer. */
  AMBIGUOUS_REQUEST("The request can be read in more than one way", 400),
  UNAUTHORIZED("The caller is not known", 401),
  FORBIDDEN("The caller may not do this", 403),
  DESTINATION_NOT_ALLOWED("This task may not call this destination", 403),
  RULE_DENIED("A rule denies this call", 403),
  APPROVAL_REQUIRED("A human has to agree to this call", 403),
  /** Of a task that was delegated to it. */
  AGENT_UNPROVEN("The agent has yet to show who it is", 403),
  /** Of another sidecar. */
  GRANT_REFUSED("The grant is not taken", 403),
  ADDRESS_REFUSED("The destination's name leads to an address that may not be dialled", 403),
  TASK_ENDED("The task has ended", 403),
  NOT_FOUND("There is no such thing here", 404),
  /** Also a wrong or unknown task token. */
  PROXY_AUTH_REQUIRED("The call does not name its task", 407),
  /** 413 body, 414 request line, 431 header, 429 number of calls. */
  LIMIT_EXCEEDED("A limit was exceeded", 413),
  TARGET_MISMATCH("The request names more than one target", 421),
  IDEMPOTENCY_CONFLICT("The idempotency key was used for another request", 422),
  CONNECT_UNSUPPORTED("CONNECT is not supported here", 501),
  UPSTREAM_CONNECT("The target could not be reached", 502),
  UPSTREAM_TLS("The target's TLS could not be verified", 502),
  UPSTREAM_RESET("The target broke off", 502),
  UPSTREAM_ENCODING("The target's answer cannot be inspected", 502),
  /** Only where the destination wants its calls cut rather than masked. */
  SECRET_IN_RESPONSE("The target's answer holds a secret of the task", 502),
  CREDENTIAL_FIELD_MISSING("The credential lacks a field", 502),
  CREDENTIAL_INVALID("The credential cannot be used", 502),
  VAULT_UNAVAILABLE("The secret store cannot be used", 503),
  IDENTITY_UNAVAILABLE("There is no valid identity", 503),
  POLICY_UNAVAILABLE("A policy engine gave no answer", 503),
  AUDIT_UNAVAILABLE("The audit log cannot be written", 503),
  LOCKED("Locked by an operator", 503),
  OVERLOADED("Too much at once", 503),
  UPSTREAM_TIMEOUT("The target did not answer in time", 504);

  public static final String MEDIA_TYPE = "application/problem+json";

  private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');
  private final String title;
  private final int status;

  Problem(String title, int status) {
    this.title = title;
    this.status = status;
  }

  /** The stable name, e.g. {@code rule-denied}: metric label, audit value, end of the URN. */
  public String word() {
    return word;
  }

  public String urn() {
    return "urn:leasehold:problem:" + word;
  }

  public String title() {
    return title;
  }

  /** The HTTP status; the usual one where there are several. */
  public int status() {
    return status;
  }

  public boolean hasStatus(int candidate) {
    return candidate == status
        || this == LIMIT_EXCEEDED && (candidate == 414 || candidate == 429 || candidate == 431);
  }

  /** Whether the answer carries {@code Retry-After}. */
  public boolean mayRetry() {
    return status == 503;
  }

  /** The body with its usual status. */
  public byte[] json(String detail) {
    return json(status, detail, "", "");
  }

  /**
   * The body of an answer.
   *
   * @param status one of this problem's
   * @param detail for the one who asked; must never echo the request or hold a secret
   * @param rule the rule that decided; empty: left out
   * @param hint what to do about it; empty: left out
   */
  public byte[] json(int status, String detail, String rule, String hint) {
    return json(status, detail, rule, hint, "");
  }

  /**
   * The same.
   *
   * @param approval the question to a human that has yet to be answered; empty: left out
   */
  public byte[] json(int status, String detail, String rule, String hint, String approval) {
    if (!hasStatus(status)) {
      throw new IllegalArgumentException(word + " has no status " + status);
    }
    JsonBytes json = new JsonBytes(256);
    json.beginObject().name("type").text(urn()).name("title").text(title);
    json.name("status").number(status).name("detail").text(detail);
    if (!rule.isEmpty()) {
      json.name("rule").text(rule);
    }
    if (!hint.isEmpty()) {
      json.name("hint").text(hint);
    }
    if (!approval.isEmpty()) {
      json.name("approval").text(approval);
    }
    return json.endObject().toByteArray();
  }
}
