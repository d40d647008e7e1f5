package dev.leasehold.broker.audit;

import static dev.leasehold.broker.audit.AuditField.AGENT;
import static dev.leasehold.broker.audit.AuditField.AGENT_PROOF;
import static dev.leasehold.broker.audit.AuditField.APPROVAL;
import static dev.leasehold.broker.audit.AuditField.APPROVER;
import static dev.leasehold.broker.audit.AuditField.BYTES_IN;
import static dev.leasehold.broker.audit.AuditField.BYTES_OUT;
import static dev.leasehold.broker.audit.AuditField.CAUSE;
import static dev.leasehold.broker.audit.AuditField.CHAIN;
import static dev.leasehold.broker.audit.AuditField.CLASSIFICATION;
import static dev.leasehold.broker.audit.AuditField.CREDENTIAL;
import static dev.leasehold.broker.audit.AuditField.DECISION;
import static dev.leasehold.broker.audit.AuditField.DESTINATION;
import static dev.leasehold.broker.audit.AuditField.DURATION_MS;
import static dev.leasehold.broker.audit.AuditField.ENGINE_DECISIONS;
import static dev.leasehold.broker.audit.AuditField.ENVIRONMENT;
import static dev.leasehold.broker.audit.AuditField.GRANT;
import static dev.leasehold.broker.audit.AuditField.KIND;
import static dev.leasehold.broker.audit.AuditField.LEASE;
import static dev.leasehold.broker.audit.AuditField.LEASES;
import static dev.leasehold.broker.audit.AuditField.METHOD;
import static dev.leasehold.broker.audit.AuditField.NARROWED;
import static dev.leasehold.broker.audit.AuditField.OBSERVED;
import static dev.leasehold.broker.audit.AuditField.PARENT;
import static dev.leasehold.broker.audit.AuditField.POLICY_VERSION;
import static dev.leasehold.broker.audit.AuditField.PROOF;
import static dev.leasehold.broker.audit.AuditField.PROVEN_TARGET;
import static dev.leasehold.broker.audit.AuditField.PROVEN_VAULT;
import static dev.leasehold.broker.audit.AuditField.PURPOSE;
import static dev.leasehold.broker.audit.AuditField.RESIDUAL;
import static dev.leasehold.broker.audit.AuditField.REVOKED;
import static dev.leasehold.broker.audit.AuditField.ROOT_TASK;
import static dev.leasehold.broker.audit.AuditField.RULE;
import static dev.leasehold.broker.audit.AuditField.SIDECAR;
import static dev.leasehold.broker.audit.AuditField.SIGNAL;
import static dev.leasehold.broker.audit.AuditField.STATUS;
import static dev.leasehold.broker.audit.AuditField.TASK;
import static dev.leasehold.broker.audit.AuditField.UNPROVEN;
import static dev.leasehold.broker.audit.AuditField.VAULT_REQUEST_ID;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.lease.Credential;
import dev.leasehold.broker.lease.Lease;
import dev.leasehold.broker.lease.RecoveredTask;
import dev.leasehold.broker.lease.Report;
import dev.leasehold.broker.task.Origin;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskId;
import java.util.Locale;

/** Which members each event has, and its name; docs/audit-log.md says what they mean. */
final class EventFormat {
  private static final String ALLOW = "allow";
  private static final String DENY = "deny";

  private EventFormat() {}

  /** The {@code type} of a line. */
  static String type(AuditEvent event) {
    return switch (event) {
      case CallDecided _ -> "call.decided";
      case CallFinished _ -> "call.finished";
      case TaskEvent.Opened _ -> "task.opened";
      case TaskEvent.Refused _ -> "task.refused";
      case TaskEvent.AgentProven _ -> "task.agent-proven";
      case TaskEvent.TokenShared _ -> "task.token-shared";
      case TaskEvent.Granted _ -> "grant.issued";
      case TaskEvent.GrantEnded _ -> "grant.ended";
      case TaskEvent.Signalled _ -> "task.signalled";
      case TaskEvent.Stuck _ -> "task.stuck";
      case TaskEvent.Ended _ -> "task.ended";
      case TaskEvent.Recovered _ -> "task.recovered";
      case LeaseEvent.Issued _ -> "lease.issued";
      case LeaseEvent.NotIssued _ -> "lease.not-issued";
      case LeaseEvent.Renewed _ -> "lease.renewed";
      case LeaseEvent.Revoked revoked ->
          revoked.failure().isEmpty() ? "lease.revoked" : "lease.not-revoked";
      case LeaseEvent.Proven _ -> "lease.proven";
      case LeaseEvent.PresentAtTarget _ -> "lease.present-at-target";
      case LeaseEvent.Late _ -> "lease.late";
      case LeaseEvent.Unanswered _ -> "lease.unanswered";
      case ApprovalEvent approval -> "approval." + approval.what();
      case BreakGlassEvent broken -> "break-glass." + broken.what();
      case BrokerEvent.Started _ -> "broker.started";
      case BrokerEvent.Stopped _ -> "broker.stopped";
      case BrokerEvent.ConfigLoaded _ -> "config.loaded";
      case BrokerEvent.ConfigRefused _ -> "config.refused";
      case BrokerEvent.CallerRefused _ -> "caller.refused";
      case BrokerEvent.CallersRefused _ -> "caller.refused-more";
      case BrokerEvent.Locked _ -> "lock.set";
      case BrokerEvent.Unlocked _ -> "lock.released";
      case BrokerEvent.GenerationOpened _ -> "generation.opened";
      case BrokerEvent.GenerationLost _ -> "generation.lost";
      case BrokerEvent.GenerationClosed _ -> "generation.closed";
      case BrokerEvent.LogContinued _ -> "log.continued";
    };
  }

  static void write(AuditEvent event, AuditLine line) {
    switch (event) {
      case CallDecided call -> writeCall(call, line);
      case CallFinished call -> writeCall(call, line);
      case TaskEvent task -> writeTask(task, line);
      case LeaseEvent lease -> writeLease(lease, line);
      case ApprovalEvent approval -> writeApproval(approval, line);
      case BreakGlassEvent broken ->
          line.text(TASK, broken.task().map(TaskId::text).orElse(""))
              .text(KIND, broken.kind())
              .text(APPROVAL, broken.id())
              .text(APPROVER, broken.by())
              .text(CAUSE, broken.words());
      case BrokerEvent broker -> writeBroker(broker, line);
    }
  }

  private static void writeCall(CallDecided call, AuditLine line) {
    Task task = call.task();
    if (task != null) {
      line.subject(task);
    }
    line.text(DESTINATION, call.destination())
        .text(ENVIRONMENT, call.environment())
        .text(CREDENTIAL, call.credential())
        .text(CLASSIFICATION, call.classification())
        .text(DECISION, call.allowed() ? ALLOW : DENY)
        .text(RULE, call.rule())
        .text(OBSERVED, String.join(",", call.observed()))
        .text(ENGINE_DECISIONS, String.join(",", call.engineDecisions()))
        .text(APPROVAL, call.approval())
        .text(POLICY_VERSION, call.policyVersion())
        .text(METHOD, call.method())
        .path(call.path())
        .text(LEASE, call.lease())
        .text(VAULT_REQUEST_ID, call.vaultRequestId())
        .text(CAUSE, call.cause());
  }

  private static void writeCall(CallFinished call, AuditLine line) {
    line.subject(call.task())
        .text(DESTINATION, call.destination())
        .text(ENVIRONMENT, call.environment())
        .text(CREDENTIAL, call.credential())
        .text(CLASSIFICATION, call.classification())
        .text(METHOD, call.method())
        .path(call.path());
    if (call.status() != 0) {
      line.number(STATUS, call.status());
    }
    line.number(BYTES_IN, call.bytesIn())
        .number(BYTES_OUT, call.bytesOut())
        .number(DURATION_MS, call.durationMillis())
        .text(LEASE, call.lease())
        .text(VAULT_REQUEST_ID, call.vaultRequestId())
        .text(CAUSE, call.cause());
  }

  private static void writeApproval(ApprovalEvent event, AuditLine line) {
    Destination destination = event.destination();
    line.subject(event.task());
    if (destination != null) {
      line.text(DESTINATION, destination.name())
          .text(ENVIRONMENT, destination.environment().orElse(""));
    }
    line.text(CREDENTIAL, event.credential())
        .text(CLASSIFICATION, event.classification())
        .text(RULE, event.rule())
        .text(APPROVAL, event.id())
        .text(APPROVER, event.approver())
        .text(METHOD, event.method())
        .path(event.path())
        .text(CAUSE, event.reason());
  }

  private static void writeTask(TaskEvent event, AuditLine line) {
    switch (event) {
      case TaskEvent.Opened(Task task, String policyVersion) ->
          line.subject(task)
              .text(SIDECAR, task.origin().map(Origin::sidecar).orElse(""))
              .text(GRANT, task.origin().map(Origin::grant).orElse(""))
              .text(CHAIN, task.depth() == 0 ? "" : String.join(" ", task.chain()))
              .text(NARROWED, task.narrowing().toString())
              .text(DECISION, ALLOW)
              .text(POLICY_VERSION, policyVersion);
      case TaskEvent.AgentProven(Task task) -> line.subject(task);
      case TaskEvent.TokenShared(Task task, int first, int other) ->
          line.subject(task).text(CAUSE, "uid " + first + " and uid " + other);
      case TaskEvent.Granted(Task task, Task child, String sidecar, String grant) ->
          line.subject(task)
              .text(SIDECAR, sidecar)
              .text(GRANT, grant)
              .text(CHAIN, String.join(" ", child.chain()))
              .text(NARROWED, child.narrowing().toString());
      case TaskEvent.GrantEnded(Task task, String sidecar, String grant, String outcome) ->
          line.subject(task).text(SIDECAR, sidecar).text(GRANT, grant).text(CAUSE, outcome);
      case TaskEvent.Refused refused ->
          line.text(ROOT_TASK, refused.parent().map(Task::rootId).orElse(""))
              .text(PARENT, refused.parent().map(parent -> parent.id().text()).orElse(""))
              .text(KIND, refused.kind())
              .text(AGENT, refused.agent())
              .text(AGENT_PROOF, refused.proof().word())
              .text(PURPOSE, refused.purpose())
              .text(DECISION, DENY)
              .text(RULE, refused.rule())
              .text(CAUSE, refused.problem().word());
      case TaskEvent.Signalled(Task task) -> {
        line.subject(task);
        task.end()
            .ifPresent(end -> line.text(SIGNAL, end.signal().word()).text(CAUSE, end.reason()));
      }
      case TaskEvent.Stuck(Task task, Report report) -> writeReport(task, report, line);
      case TaskEvent.Ended(Task task, Report report) -> writeReport(task, report, line);
      case TaskEvent.Recovered(RecoveredTask task) ->
          line.text(TASK, task.id().text())
              .text(KIND, task.kind())
              .text(SIGNAL, task.signal().map(Signal::word).orElse(""))
              .text(CAUSE, task.expired() == 0 ? "" : task.expired() + " expired without a proof")
              .number(LEASES, task.leases())
              .number(PROVEN_VAULT, task.proven());
    }
  }

  private static void writeReport(Task task, Report report, AuditLine line) {
    line.subject(task)
        .number(DURATION_MS, report.took().toMillis())
        .text(SIGNAL, report.signal().map(Signal::word).orElse(""))
        .text(PROOF, report.proof().word())
        .number(LEASES, report.leases())
        .number(REVOKED, report.revoked())
        .number(PROVEN_VAULT, report.provenVault())
        .number(PROVEN_TARGET, report.provenTarget())
        .number(UNPROVEN, report.unproven())
        .number(RESIDUAL, report.residual().size());
  }

  private static void writeLease(LeaseEvent event, AuditLine line) {
    switch (event) {
      case LeaseEvent.Issued(Task task, Lease lease) -> writeLease(task, lease, "", line);
      case LeaseEvent.Renewed(Task task, Lease lease) -> writeLease(task, lease, "", line);
      case LeaseEvent.Revoked(Task task, Lease lease, var failure) ->
          writeLease(task, lease, failure.orElse(""), line);
      case LeaseEvent.Proven(Task task, Lease lease, var where) ->
          writeLease(task, lease, where.name().toLowerCase(Locale.ROOT), line);
      case LeaseEvent.PresentAtTarget(Task task, Lease lease) -> writeLease(task, lease, "", line);
      case LeaseEvent.Late(Task task, Lease lease) -> writeLease(task, lease, "", line);
      case LeaseEvent.NotIssued(Task task, Credential credential, var refusal) ->
          writeCredential(
              task,
              credential,
              refusal.problem().name().toLowerCase(Locale.ROOT).replace('_', '-'),
              line);
      case LeaseEvent.Unanswered(Task task, Credential credential, var until) ->
          writeCredential(task, credential, "may live until " + until, line);
    }
  }

  private static void writeLease(Task task, Lease lease, String cause, AuditLine line) {
    line.subject(task)
        .text(CREDENTIAL, lease.credential().name())
        .text(CLASSIFICATION, lease.credential().classification())
        .text(LEASE, lease.digest())
        .text(VAULT_REQUEST_ID, lease.requestId())
        .text(CAUSE, cause);
  }

  private static void writeCredential(
      Task task, Credential credential, String cause, AuditLine line) {
    line.subject(task)
        .text(CREDENTIAL, credential.name())
        .text(CLASSIFICATION, credential.classification())
        .text(CAUSE, cause);
  }

  private static void writeBroker(BrokerEvent event, AuditLine line) {
    switch (event) {
      case BrokerEvent.Started(String version, String policyVersion) ->
          line.text(POLICY_VERSION, policyVersion).text(CAUSE, "leasehold " + version);
      case BrokerEvent.Stopped(String cause) -> line.text(CAUSE, cause);
      case BrokerEvent.ConfigLoaded(String policyVersion) ->
          line.text(POLICY_VERSION, policyVersion);
      case BrokerEvent.ConfigRefused(String policyVersion, String cause) ->
          line.text(POLICY_VERSION, policyVersion).text(CAUSE, cause);
      case BrokerEvent.CallerRefused refused ->
          line.text(AGENT, refused.caller())
              .text(DECISION, DENY)
              .text(RULE, refused.rule())
              .text(METHOD, refused.method())
              .path(refused.path())
              .text(CAUSE, refused.problem().word());
      case BrokerEvent.CallersRefused(String caller, long unwritten) ->
          line.text(AGENT, caller).text(DECISION, DENY).text(CAUSE, unwritten + " more");
      case BrokerEvent.Locked(String cause) -> line.text(CAUSE, cause);
      case BrokerEvent.Unlocked _ -> {}
      case BrokerEvent.GenerationOpened(String generation, var expires) ->
          line.text(CAUSE, "generation " + generation + " until " + expires);
      case BrokerEvent.GenerationLost(String generation, String cause) ->
          line.text(CAUSE, "generation " + generation + ": " + cause);
      case BrokerEvent.GenerationClosed(String generation) ->
          line.text(CAUSE, "generation " + generation);
      case BrokerEvent.LogContinued(String cause) -> line.text(CAUSE, cause);
    }
  }
}
