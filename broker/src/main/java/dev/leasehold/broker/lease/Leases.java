package dev.leasehold.broker.lease;

import dev.leasehold.broker.policy.Grant;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.task.Task;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Gives leases for grants. */
public final class Leases {

  /**
   * @param policy the rules in force: they say which credentials a task may ever need
   * @param credentials by name, of the same configuration
   */
  public Leases(
      Surroundings surroundings,
      Supplier<Policy> policy,
      Supplier<Map<String, Credential>> credentials) {}

  /**
   * A lease of the credential that {@code grant} names, which must name one. Never blocks. A lease
   * that is held already comes in a completed stage; else it is fetched, and the stage completes on
   * a virtual thread.
   */
  public CompletionStage<LeaseOutcome> lease(Grant grant) {
    return CompletableFuture.completedFuture(
        new LeaseOutcome.Refused(
            LeaseOutcome.Problem.TASK_ENDED, "the task has ended", Optional.empty()));
  }

  /** Every lease of a task that still answers. */
  public List<LeaseView> views(Task task) {
    return List.of();
  }
}
