package dev.leasehold.broker.telemetry;

/**
 * Nanoseconds since boot, suspended time included (CLOCK_BOOTTIME where the system has it): the
 * clock that every deadline and expiry is measured on, so that neither a changed wall clock nor a
 * lid closed over night makes a credential live longer than it was told.
 */
@FunctionalInterface
public interface BootClock {
  /** Only differences of two readings mean anything. */
  long nanos();

  /** The system's own. */
  static BootClock system() {
    return SystemBootClock.create();
  }
}
