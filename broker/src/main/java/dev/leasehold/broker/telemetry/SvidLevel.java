package dev.leasehold.broker.telemetry;

import java.util.Locale;

/** Which SVID: the label {@code level} of {@code svid_expiry_timestamp_seconds}. */
public enum SvidLevel {
  X509,
  JWT;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
