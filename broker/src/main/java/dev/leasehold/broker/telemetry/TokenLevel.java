package dev.leasehold.broker.telemetry;

import java.util.Locale;

/** Which token: the label {@code level} of {@code vault_token_expiry_timestamp_seconds}. */
public enum TokenLevel {
  LOGIN,
  HEARTBEAT;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
