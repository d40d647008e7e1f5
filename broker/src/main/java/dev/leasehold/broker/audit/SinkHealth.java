package dev.leasehold.broker.audit;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether the sink takes lines. Broken and healed on the threads that work on the sink; read, and
 * watched over, on any.
 */
final class SinkHealth {
  private final String sink;
  private final Duration patience;

  private volatile @Nullable String broken;
  private volatile boolean blocked;
  private volatile boolean writing;
  private volatile long writingSince;

  /**
   * @param patience how long a write may take before the sink counts as blocked
   */
  SinkHealth(String sink, Duration patience) {
    this.sink = sink;
    this.patience = patience;
  }

  /** Why nothing can be written at the moment. */
  Optional<String> notWritable() {
    String reason = broken;
    if (reason != null) {
      return Optional.of(reason);
    }
    return blocked
        ? Optional.of("the audit sink has not taken a write for " + patience.toSeconds() + " s")
        : Optional.empty();
  }

  boolean isBroken() {
    return broken != null;
  }

  void failed(String doing, Exception failure) {
    broken = "audit " + sink + ": " + doing + " failed: " + reason(failure);
  }

  void closed() {
    broken = "the audit log is closed";
  }

  void healed() {
    broken = null;
  }

  /** A write begins, or a force for which somebody waits. */
  void begins(long nowNanos) {
    writingSince = nowNanos;
    writing = true;
  }

  /** It is over, however it came out. */
  void ends() {
    writing = false;
    blocked = false;
  }

  void watch(long nowNanos) {
    blocked = writing && nowNanos - writingSince > patience.toNanos();
  }

  static String reason(Exception failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
