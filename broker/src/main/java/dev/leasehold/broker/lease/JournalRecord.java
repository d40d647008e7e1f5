package dev.leasehold.broker.lease;

import dev.leasehold.broker.secret.Revocability;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.TaskId;
import java.time.Instant;

/**
 * One fact of the journal. What may come to be in the store is written before it is asked for, and
 * its name when the store has told it.
 */
sealed interface JournalRecord {

  /** A login: revoking it ends all that was made below it. */
  record Generation(String id, String loginAccessor, Instant expires) implements JournalRecord {}

  record GenerationClosed(String id) implements JournalRecord {}

  /** A token may be made for this task; until its accessor follows, its generation covers it. */
  record TaskIntent(TaskId task, String kind, Instant tokenExpires) implements JournalRecord {}

  record TokenMade(TaskId task, String accessor, String generation) implements JournalRecord {}

  /**
   * A credential is about to be read.
   *
   * @param read numbers the reads of one task
   * @param mayLiveUntil how long a lease may live whose id nobody learns
   */
  record ReadIntent(
      TaskId task, long read, String credential, Revocability revocability, Instant mayLiveUntil)
      implements JournalRecord {}

  /** The read made a lease. Written again when the lease is renewed. */
  record LeaseMade(TaskId task, long read, String leaseId, Instant expires)
      implements JournalRecord {}

  /** The read made nothing, or what it made is proven dead. */
  record ReadSettled(TaskId task, long read) implements JournalRecord {}

  record Ended(TaskId task, Signal signal) implements JournalRecord {}

  /** Nothing of the task is left to do. */
  record Done(TaskId task) implements JournalRecord {}

  record Locked(String reason) implements JournalRecord {}

  record Unlocked() implements JournalRecord {}
}
