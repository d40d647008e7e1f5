package dev.leasehold.broker.audit;

import dev.leasehold.broker.lease.Credential;
import dev.leasehold.broker.lease.Lease;
import dev.leasehold.broker.lease.LeaseOutcome;
import dev.leasehold.broker.lease.RecoveredTask;
import dev.leasehold.broker.lease.Report;
import dev.leasehold.broker.lease.TaskEvents;
import dev.leasehold.broker.task.Task;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** Turns what happens to tasks and leases into audit events. */
record TaskTrail(AuditLog log, Supplier<String> policyVersion) implements TaskEvents {
  @Override
  public void opened(Task task) throws IOException {
    log.appendAndWait(new TaskEvent.Opened(task, policyVersion.get()));
  }

  @Override
  public void issued(Task task, Lease lease) {
    log.append(new LeaseEvent.Issued(task, lease));
  }

  @Override
  public void notIssued(Task task, Credential credential, LeaseOutcome.Refused refusal) {
    log.append(new LeaseEvent.NotIssued(task, credential, refusal));
  }

  @Override
  public void renewed(Task task, Lease lease) {
    log.append(new LeaseEvent.Renewed(task, lease));
  }

  @Override
  public void signalled(Task task) {
    log.append(new TaskEvent.Signalled(task));
  }

  @Override
  public void revoked(Task task, Lease lease, Optional<String> failure) {
    log.append(new LeaseEvent.Revoked(task, lease, failure));
  }

  @Override
  public void proven(Task task, Lease lease, Where where) {
    log.append(new LeaseEvent.Proven(task, lease, where));
  }

  @Override
  public void presentAtTarget(Task task, Lease lease) {
    log.append(new LeaseEvent.PresentAtTarget(task, lease));
  }

  @Override
  public void late(Task task, Lease lease) {
    log.append(new LeaseEvent.Late(task, lease));
  }

  @Override
  public void unanswered(Task task, Credential credential, Instant mayLiveUntil) {
    log.append(new LeaseEvent.Unanswered(task, credential, mayLiveUntil));
  }

  @Override
  public void stuck(Task task, Report soFar) {
    log.append(new TaskEvent.Stuck(task, soFar));
  }

  @Override
  public void ended(Task task, Report report) {
    log.append(new TaskEvent.Ended(task, report));
  }

  @Override
  public void recovered(RecoveredTask task) {
    log.append(new TaskEvent.Recovered(task));
  }

  @Override
  public void locked(String reason) {
    log.append(new BrokerEvent.Locked(reason));
  }

  @Override
  public void unlocked() {
    log.append(new BrokerEvent.Unlocked());
  }
}
