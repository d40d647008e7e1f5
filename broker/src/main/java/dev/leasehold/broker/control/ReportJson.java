package dev.leasehold.broker.control;

import dev.leasehold.broker.lease.Report;
import dev.leasehold.broker.telemetry.JsonBytes;

/** The report of a task's end as the API gives it. */
final class ReportJson {
  private ReportJson() {}

  static Answer answer(int status, Report report) {
    JsonBytes json = new JsonBytes(512);
    write(json, report);
    return Answer.json(status, json);
  }

  static void write(JsonBytes json, Report report) {
    json.beginObject();
    json.name("id").text(report.id().text());
    json.name("state").text(report.state().word());
    report.signal().ifPresent(signal -> json.name("signal").text(signal.word()));
    json.name("proof").text(report.proof().word());
    json.name("leases").number(report.leases());
    json.name("revoked").number(report.revoked());
    json.name("proven_vault").number(report.provenVault());
    json.name("proven_target").number(report.provenTarget());
    json.name("unproven").number(report.unproven());
    json.name("residual").beginArray();
    for (Report.Residual residual : report.residual()) {
      json.beginObject();
      json.name("credential").text(residual.credential());
      json.name("revocability").text(residual.revocability().word());
      residual.diesAt().ifPresent(at -> json.name("dies_at").text(at.toString()));
      json.endObject();
    }
    json.endArray();
    if (report.children() > 0) {
      json.name("children").number(report.children());
    }
    json.name("took_ms").number(report.took().toMillis());
    json.endObject();
  }
}
