package dev.leasehold.broker.audit;

import dev.leasehold.broker.lease.Credential;
import dev.leasehold.broker.lease.Lease;
import dev.leasehold.broker.lease.LeaseOutcome;
import dev.leasehold.broker.lease.TaskEvents;
import dev.leasehold.broker.task.Task;
import java.time.Instant;
import java.util.Optional;

/** The life of a lease. Its use is told by {@link CallDecided}. */
public sealed interface LeaseEvent extends AuditEvent {
  record Issued(Task task, Lease lease) implements LeaseEvent {}

  record NotIssued(Task task, Credential credential, LeaseOutcome.Refused refusal)
      implements LeaseEvent {}

  record Renewed(Task task, Lease lease) implements LeaseEvent {}

  /**
   * @param failure why the store did not confirm it; empty when it did
   */
  record Revoked(Task task, Lease lease, Optional<String> failure) implements LeaseEvent {}

  record Proven(Task task, Lease lease, TaskEvents.Where where) implements LeaseEvent {}

  /** Dead for the store, and still there where it was used. */
  record PresentAtTarget(Task task, Lease lease) implements LeaseEvent {}

  /** Answered after the fence: never lent, revoked at once. */
  record Late(Task task, Lease lease) implements LeaseEvent {}

  /** A read that was never answered may have made one. */
  record Unanswered(Task task, Credential credential, Instant mayLiveUntil) implements LeaseEvent {}
}
