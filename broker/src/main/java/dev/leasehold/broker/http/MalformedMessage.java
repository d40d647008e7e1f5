package dev.leasehold.broker.http;

import java.io.Serial;

/**
 * The bytes are no message that is read here. It carries no stack trace, since whoever sends bytes
 * decides how often it is thrown; its text names the rule and echoes nothing.
 */
public final class MalformedMessage extends Exception {
  @Serial private static final long serialVersionUID = 1;

  /** What was wrong, as far as it changes the answer. */
  public enum Kind {
    /** Not valid, or valid in more than one way. */
    AMBIGUOUS,
    /** Well-formed, but nothing that is done here. */
    UNSUPPORTED,
    REQUEST_LINE_TOO_LONG,
    HEADER_TOO_LARGE
  }

  private final Kind kind;

  public MalformedMessage(Kind kind, String rule) {
    super(rule, null, false, false);
    this.kind = kind;
  }

  static MalformedMessage ambiguous(String rule) {
    return new MalformedMessage(Kind.AMBIGUOUS, rule);
  }

  public Kind kind() {
    return kind;
  }

  /** The rule that was broken, for the one who sent it. */
  public String rule() {
    return java.util.Objects.requireNonNull(getMessage());
  }
}
