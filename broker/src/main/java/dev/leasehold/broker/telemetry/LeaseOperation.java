package dev.leasehold.broker.telemetry;

import java.util.Locale;

/** What is done with a lease: the label {@code operation} of {@code lease_operations_total}. */
public enum LeaseOperation {
  ACQUIRE,
  RENEW,
  REVOKE,
  VERIFY;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
