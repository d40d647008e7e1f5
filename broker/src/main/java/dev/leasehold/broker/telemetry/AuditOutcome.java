package dev.leasehold.broker.telemetry;

import java.util.Locale;

/** How far an audit event came: the label {@code outcome} of the audit meters. */
public enum AuditOutcome {
  /** Handed to the operating system. */
  WRITTEN,
  /** On the disk. */
  SYNCED,
  /** Not taken: the sink is broken, blocked or too far behind. */
  REFUSED;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
