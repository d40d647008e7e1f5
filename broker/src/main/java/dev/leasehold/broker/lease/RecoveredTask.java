package dev.leasehold.broker.lease;

import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.TaskId;
import java.util.List;
import java.util.Optional;

/**
 * What became of a task that an earlier life of this process left behind.
 *
 * @param signal what had ended it, where that was written down
 * @param credentials those that were read, or may have been
 * @param leases how many leases are known of it
 * @param proven how many of them the store no longer knows
 * @param expired leases and unanswered reads that are past their expiry without a proof
 */
public record RecoveredTask(
    TaskId id,
    String kind,
    Optional<Signal> signal,
    List<String> credentials,
    int leases,
    int proven,
    int expired) {
  public RecoveredTask {
    credentials = List.copyOf(credentials);
  }
}
