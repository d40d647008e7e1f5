package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.Limits;
import org.jspecify.annotations.Nullable;

/** How long nothing has moved between agent and target. On the call's event loop. */
final class Quiet {
  private final Limits limits;
  private long since;

  Quiet(Limits limits) {
    this.limits = limits;
  }

  /** Something moved just now. */
  void broken() {
    since = System.nanoTime();
  }

  /**
   * Why it is too long, or null.
   *
   * @param asked whether the request is out
   * @param answering whether the answer has begun
   */
  @Nullable Refusal excess(long now, boolean asked, boolean answering) {
    long quiet = now - since;
    if (asked && !answering) {
      return quiet > limits.response().toNanos()
          ? Refusals.timeout("the target did not answer in time")
          : null;
    }
    return quiet > limits.idle().toNanos()
        ? Refusals.timeout("nothing was sent either way for too long")
        : null;
  }
}
