package dev.leasehold.broker.audit;

import dev.leasehold.broker.lease.RecoveredTask;
import dev.leasehold.broker.lease.Report;
import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.Problem;
import java.util.Optional;

/** The life of a task. */
public sealed interface TaskEvent extends AuditEvent {
  /** Written before anybody is told of the task. */
  record Opened(Task task, String policyVersion) implements TaskEvent {}

  /**
   * Somebody who may open tasks was refused this one.
   *
   * @param parent the task that was to delegate it; empty where a caller asked
   */
  record Refused(
      Optional<Task> parent,
      String kind,
      String agent,
      AgentProof proof,
      String purpose,
      Problem problem,
      String rule)
      implements TaskEvent {}

  /** The agent of a delegated task has shown who it is. */
  record AgentProven(Task task) implements TaskEvent {}

  /** Processes of two users of this machine use its token. */
  record TokenShared(Task task, int firstUid, int otherUid) implements TaskEvent {}

  /**
   * Work was handed to another sidecar.
   *
   * @param child what the task there may be at the most
   */
  record Granted(Task task, Task child, String sidecar, String grant) implements TaskEvent {}

  /**
   * The other sidecar knows that the task has ended, or the grant has died by itself.
   *
   * @param outcome what became of it there: complete, residual, or expired
   */
  record GrantEnded(Task task, String sidecar, String grant, String outcome) implements TaskEvent {}

  /** The fence has fallen; {@link Task#end} says why. */
  record Signalled(Task task) implements TaskEvent {}

  /** Something of it is unproven for five minutes; still tried. */
  record Stuck(Task task, Report report) implements TaskEvent {}

  record Ended(Task task, Report report) implements TaskEvent {}

  /** A task of an earlier life of this process is dealt with. */
  record Recovered(RecoveredTask task) implements TaskEvent {}
}
