package dev.leasehold.broker.lease;

import dev.leasehold.broker.secret.SecretStore;
import dev.leasehold.broker.telemetry.Metrics;
import java.time.InstantSource;

/**
 * All that leasing works with.
 *
 * @param wall for what people read; everything measured is measured on the timers' boot clock
 */
public record Surroundings(
    SecretStore store,
    Journal journal,
    TaskEvents events,
    Metrics metrics,
    Timers timers,
    InstantSource wall) {
  /** A reading of the boot clock. */
  long now() {
    return timers.clock().nanos();
  }
}
