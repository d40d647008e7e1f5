package dev.leasehold.broker.proxy;

import dev.leasehold.broker.telemetry.Problem;
import java.time.Duration;

/**
 * Why a call is not made or not finished, as the agent, the audit log and the metrics are told.
 *
 * @param status one of the problem's
 * @param rule the rule that decided; may be empty
 * @param detail for the agent; never an echo of the request
 * @param hint what to do about it; may be empty
 * @param closes whether the connection cannot be trusted or used any further
 * @param retryAfter zero: not said
 * @param approval the question to a human that has yet to be answered; may be empty
 */
record Refusal(
    Problem problem,
    int status,
    String rule,
    String detail,
    String hint,
    boolean closes,
    Duration retryAfter,
    String approval)
    implements Reading, TaskNaming.Named {

  private static final Duration SOON = Duration.ofSeconds(1);

  static Refusal of(Problem problem, String detail) {
    return new Refusal(
        problem,
        problem.status(),
        "",
        detail,
        "",
        problem == Problem.AMBIGUOUS_REQUEST || problem == Problem.TARGET_MISMATCH,
        problem.mayRetry() ? SOON : Duration.ZERO,
        "");
  }

  Refusal withStatus(int other) {
    return new Refusal(problem, other, rule, detail, hint, closes, retryAfter, approval);
  }

  Refusal withRule(String name) {
    return new Refusal(problem, status, name, detail, hint, closes, retryAfter, approval);
  }

  Refusal withHint(String text) {
    return new Refusal(problem, status, rule, detail, text, closes, retryAfter, approval);
  }

  Refusal withRetryAfter(Duration time) {
    return new Refusal(problem, status, rule, detail, hint, closes, time, approval);
  }

  Refusal withApproval(String id) {
    return new Refusal(problem, status, rule, detail, hint, closes, retryAfter, id);
  }

  /** The connection ends with the answer. */
  Refusal closing() {
    return new Refusal(problem, status, rule, detail, hint, true, retryAfter, approval);
  }
}
