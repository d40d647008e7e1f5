package dev.leasehold.broker.vault;

import java.time.Instant;

/** What the store counts. Called on any thread; must not block. */
public interface VaultMeter {
  /** Counts nothing. */
  VaultMeter NONE =
      new VaultMeter() {
        @Override
        public void call(String operation, String outcome, long nanos) {}

        @Override
        public void tokenExpires(String level, Instant expires) {}
      };

  /**
   * One call, its repetitions included.
   *
   * @param operation from a fixed list
   * @param outcome {@code ok} or a kind of failure in lower case
   */
  void call(String operation, String outcome, long nanos);

  /**
   * The newest generation's token ends then unless it is renewed.
   *
   * @param level {@code login} or {@code heartbeat}
   */
  void tokenExpires(String level, Instant expires);
}
