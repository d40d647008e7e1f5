package dev.leasehold.broker.control;

import dev.leasehold.broker.lease.Report;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Takes an end signal, and reports how far the end has come. */
final class EndTask {
  static final Duration MAX_WAIT = Duration.ofSeconds(60);
  static final int MAX_REASON = 256;
  static final Set<String> FIELDS = Set.of("type", "reason");

  /** The signals that a caller can send. */
  static final Map<String, Signal> SIGNALS =
      Map.of(
          "completed", Signal.COMPLETED,
          "failed", Signal.FAILED,
          "cancelled", Signal.CANCELLED);

  private final ControlNeeds needs;

  EndTask(ControlNeeds needs) {
    this.needs = needs;
  }

  /** Blocks for as long as the caller wants to wait; belongs on a virtual thread. */
  Answer answer(ApiCall call) {
    Task task = TaskReads.visible(needs.tasks(), call);
    Optional<Duration> wait = wait(call);
    Fields fields = new Fields(JsonReader.read(call.body()), FIELDS);
    Signal signal = SIGNALS.get(fields.requiredText("type", MAX_REASON));
    if (signal == null) {
      throw Refused.invalid("'type' must be completed, failed or cancelled");
    }
    String reason = fields.text("reason", MAX_REASON).orElse("");
    CompletionStage<Report> end = needs.ends().end(task, signal, reason);
    Optional<Report> done = wait.flatMap(time -> await(end, time));
    return done.map(report -> ReportJson.answer(200, report))
        .orElseGet(
            () ->
                ReportJson.answer(
                    202, needs.ends().report(task.id()).orElseThrow(Refused::noSuchTask)));
  }

  private static Optional<Duration> wait(ApiCall call) {
    Optional<String> text = Optional.ofNullable(call.query().get("wait"));
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<Duration> wait =
        Texts.duration(text.get()).filter(time -> time.compareTo(MAX_WAIT) <= 0);
    if (wait.isEmpty()) {
      throw Refused.invalid("'wait' must be a duration of at most 60s, such as 10s");
    }
    return wait;
  }

  private static Optional<Report> await(CompletionStage<Report> end, Duration time) {
    // A copy, so that giving up does not cancel the end itself.
    CompletableFuture<Report> report = end.toCompletableFuture().copy();
    try {
      return Optional.of(report.get(time.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException | ExecutionException notYet) {
      return Optional.empty();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
