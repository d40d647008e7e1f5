package dev.leasehold.broker.lease;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.leasehold.broker.task.Endpoints;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskId;
import dev.leasehold.broker.task.Tasks;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Ends tasks: by signal, by deadline, by idleness. */
public final class TaskEnds {

  /**
   * @param verifiers makes the verifier of a credential that has one
   */
  public TaskEnds(
      Surroundings surroundings,
      Leases leases,
      Tasks tasks,
      Endpoints endpoints,
      Function<VerifierConfig, TargetVerifier> verifiers) {}

  /**
   * Takes a task that {@link Tasks#open} just made into care, before anybody learns of it: tells
   * {@link TaskEvents#opened}, starts deadline and idle timers. Blocks.
   *
   * @throws IOException when the opening cannot be written down; the task is then ended already
   */
  public void watch(Task task) throws IOException {}

  /**
   * Ends a task. The fence has fallen when this returns; the stage completes with the final report.
   * The first signal wins, a repeat gets the first one's report. Never blocks.
   */
  @CanIgnoreReturnValue
  public CompletionStage<Report> end(Task task, Signal signal, String reason) {
    return new CompletableFuture<>();
  }

  /** Completes with the final report once somebody ends the task. */
  public CompletionStage<Report> ended(Task task) {
    return new CompletableFuture<>();
  }

  /** How it is with a task now; empty when it no longer answers. */
  public Optional<Report> report(TaskId id) {
    return Optional.empty();
  }

  /** Ends every open task; fences all of them before it returns. Completes when all are done. */
  @CanIgnoreReturnValue
  public CompletionStage<Void> endAll(Signal signal, String reason) {
    return new CompletableFuture<>();
  }
}
