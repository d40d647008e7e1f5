package dev.leasehold.broker.lease;

import dev.leasehold.broker.task.Task;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * What happens to tasks and their leases. Called on virtual threads, and from the thread that
 * signalled; but for {@link #opened} nothing here may block, and order is that of the calls.
 */
public interface TaskEvents {

  /** Where a death was proven. */
  enum Where {
    /** The store no longer knows the lease. */
    VAULT,
    /** It is gone where it was used. */
    TARGET
  }

  /**
   * Returns when the event is written.
   *
   * @throws IOException when it cannot be: the task is then not opened
   */
  void opened(Task task) throws IOException;

  /** Comes before the lease is lent to anybody. */
  void issued(Task task, Lease lease);

  void notIssued(Task task, Credential credential, LeaseOutcome.Refused refusal);

  void renewed(Task task, Lease lease);

  /** The fence has fallen; {@link Task#end} says why. */
  void signalled(Task task);

  /**
   * @param failure why the store did not confirm it; empty when it did
   */
  void revoked(Task task, Lease lease, Optional<String> failure);

  void proven(Task task, Lease lease, Where where);

  /** The store says that it is dead, and the place where it was used still has it. */
  void presentAtTarget(Task task, Lease lease);

  /** The store answered a read after the fence; the lease was never lent and is being revoked. */
  void late(Task task, Lease lease);

  /** The store did not answer a read: a lease that nobody knows may live until then. */
  void unanswered(Task task, Credential credential, Instant mayLiveUntil);

  /** No proof for five minutes. */
  void stuck(Task task, Report soFar);

  void ended(Task task, Report report);

  /** A task of an earlier life of this process is dealt with. */
  void recovered(RecoveredTask task);

  /** Opening is locked. */
  void locked(String reason);

  void unlocked();
}
