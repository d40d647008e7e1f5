package dev.leasehold.broker.audit;

import dev.leasehold.broker.telemetry.AuditOutcome;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.broker.telemetry.Tally;

/** The counters of one sink. */
record AuditMeters(Tally written, Tally synced, Tally refused) {
  static AuditMeters of(Metrics metrics, String sink) {
    return new AuditMeters(
        metrics.auditEvents(sink, AuditOutcome.WRITTEN),
        metrics.auditEvents(sink, AuditOutcome.SYNCED),
        metrics.auditEvents(sink, AuditOutcome.REFUSED));
  }
}
