package dev.leasehold.broker.lease;

import dev.leasehold.broker.task.Task;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What tasks handed to other sidecars. */
@FunctionalInterface
public interface Elsewhere {
  /** Nothing. */
  Elsewhere NONE = task -> CompletableFuture.completedFuture(List.of());

  /**
   * Says there that the task has ended; never blocks. Completes, within seconds, with what may live
   * on: that of those who could not be reached does until it dies by itself, and they are told as
   * soon as they can be.
   */
  CompletionStage<List<Report.Residual>> end(Task task);
}
