package dev.leasehold.broker.control;

import dev.leasehold.broker.audit.AuditEvent;
import dev.leasehold.broker.telemetry.Problem;
import java.io.Serial;
import java.util.Optional;

/**
 * A call of the API that gets a problem for an answer. Thrown from wherever the reason is found,
 * caught in one place ({@link Exchange}); never leaves the package. Its words go to the caller, so
 * they hold no secret and no echo of the request.
 */
final class Refused extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final Problem problem;
  private final int status;
  private final String rule;
  private final String hint;
  private final transient Optional<AuditEvent> event;

  Refused(Problem problem, String detail) {
    this(problem, problem.status(), detail, "", "");
  }

  /**
   * @param rule the rule that decided; may be empty
   * @param hint what to do about it; may be empty
   */
  Refused(Problem problem, int status, String detail, String rule, String hint) {
    this(problem, status, detail, rule, hint, Optional.empty());
  }

  private Refused(
      Problem problem,
      int status,
      String detail,
      String rule,
      String hint,
      Optional<AuditEvent> event) {
    super(detail, null, false, false); // no stack trace: this is an answer
    this.problem = problem;
    this.status = status;
    this.rule = rule;
    this.hint = hint;
    this.event = event;
  }

  /** The same, for whose record more is known than who asked for which call. */
  Refused writtenAs(AuditEvent more) {
    return new Refused(problem, status, detail(), rule, hint, Optional.of(more));
  }

  static Refused invalid(String detail) {
    return new Refused(Problem.INVALID_REQUEST, detail);
  }

  static Refused forbidden(String detail, String rule, String hint) {
    return new Refused(Problem.FORBIDDEN, Problem.FORBIDDEN.status(), detail, rule, hint);
  }

  /** One answer for what is not there and for what is another's. */
  static Refused noSuchTask() {
    return new Refused(Problem.NOT_FOUND, "there is no such task, or it is another's");
  }

  Problem problem() {
    return problem;
  }

  int status() {
    return status;
  }

  /** Empty when no rule decided. */
  String rule() {
    return rule;
  }

  /** What to write of it; empty: who asked for which call. */
  Optional<AuditEvent> event() {
    return event;
  }

  String detail() {
    return String.valueOf(getMessage());
  }

  Answer answer() {
    return Answer.problem(this, problem.json(status, detail(), rule, hint));
  }
}
