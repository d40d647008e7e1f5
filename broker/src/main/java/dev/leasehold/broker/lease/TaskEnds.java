package dev.leasehold.broker.lease;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.leasehold.broker.task.Endpoints;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskId;
import dev.leasehold.broker.task.Tasks;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends tasks: by signal, by deadline, by idleness, by the loss of what they stand on. Here the
 * fence falls; what follows is {@link TaskEnd}. The first signal of a task wins.
 */
public final class TaskEnds {
  private static final Logger log = LoggerFactory.getLogger(TaskEnds.class);
  private static final String PARENT_ENDED = "the task that delegated it has ended";

  /** A task in our care. */
  private static final class Watch {
    final Task task;
    final CompletableFuture<Report> done = new CompletableFuture<>();
    final CompletableFuture<Report> retired;
    volatile Timers.@Nullable Timer deadline;
    volatile Timers.@Nullable Timer idle;

    Watch(Task task, Function<Report, Report> retire) {
      this.task = task;
      this.retired = done.thenApply(retire);
    }

    void cancelTimers() {
      cancel(deadline);
      cancel(idle);
    }

    private static void cancel(Timers.@Nullable Timer timer) {
      if (timer != null) {
        timer.cancel();
      }
    }
  }

  private final Surroundings around;
  private final Leases leases;
  private final Tasks tasks;
  private final Endpoints endpoints;
  private final Elsewhere elsewhere;
  private final Function<VerifierConfig, TargetVerifier> verifiers;
  private final Map<TaskId, Watch> watches = new ConcurrentHashMap<>();

  /**
   * @param elsewhere where tasks may have handed work on
   * @param verifiers makes the verifier of a credential that has one
   */
  public TaskEnds(
      Surroundings surroundings,
      Leases leases,
      Tasks tasks,
      Endpoints endpoints,
      Elsewhere elsewhere,
      Function<VerifierConfig, TargetVerifier> verifiers) {
    this.around = surroundings;
    this.leases = leases;
    this.tasks = tasks;
    this.endpoints = endpoints;
    this.elsewhere = elsewhere;
    this.verifiers = verifiers;
    surroundings
        .journal()
        .whenBroken(why -> endAll(Signal.REVOKED, "the journal cannot be written: " + why));
  }

  /**
   * Takes a task that {@link Tasks#open} just made into care, before anybody learns of it: tells
   * {@link TaskEvents#opened}, starts deadline and idle timers. Blocks.
   *
   * @throws IOException when the opening cannot be written down; the task is then ended already
   */
  public void watch(Task task) throws IOException {
    Watch watch = careFor(task);
    try {
      around.events().opened(task);
    } catch (IOException failure) {
      end(task, Signal.FAILED, "its opening could not be written to the audit log");
      throw failure;
    }
    watch.deadline =
        around
            .timers()
            .at(task.deadlineNanos(), () -> end(task, Signal.DEADLINE, "the task's time is over"));
    task.kind().idle().ifPresent(idle -> lookForIdleness(watch, idle, task.lastActiveNanos()));
    if (task.parent().filter(parent -> !parent.isActive()).isPresent()) {
      end(task, Signal.PARENT, PARENT_ENDED); // whose end may have come before there was a child
    }
    if (!task.isActive()) {
      watch.cancelTimers(); // ended before the timers were there to be cancelled
    }
  }

  private Watch careFor(Task task) {
    return watches.computeIfAbsent(
        task.id(),
        id -> {
          leases.hold(task, reason -> end(task, Signal.REVOKED, reason));
          return new Watch(task, report -> retire(task, report));
        });
  }

  private void lookForIdleness(Watch watch, Duration idle, long idleSince) {
    Task task = watch.task;
    Runnable look =
        () -> {
          long since = task.isBusy() ? around.now() : task.lastActiveNanos();
          if (!task.isActive()) {
            return;
          }
          if (around.now() - since >= idle.toNanos()) {
            end(task, Signal.IDLE, "no call for " + idle.toSeconds() + " s");
          } else {
            lookForIdleness(watch, idle, since);
          }
        };
    watch.idle = around.timers().at(idleSince + idle.toNanos(), look);
  }

  /**
   * Ends a task, and all that it delegated. The fences have fallen when this returns; the stage
   * completes with the final report, which comes after those of the children. The first signal
   * wins, a repeat gets the first one's report. Never blocks.
   */
  @CanIgnoreReturnValue
  public CompletionStage<Report> end(Task task, Signal signal, String reason) {
    Watch watch = careFor(task);
    if (task.fence(signal, reason, around.wall().instant(), around.now())) {
      watch.cancelTimers();
      try {
        around.metrics().taskEnded(task.kind().name(), signal.word());
        around.events().signalled(task); // comes before whatever the end has to tell
      } finally {
        TaskHoldings holdings = leases.hold(task, ignored -> {});
        CompletableFuture<Void> below = endBelow(task, holdings);
        TaskEnd end = new TaskEnd(leases, holdings, endpoints, verifiers, below, watch.done);
        Thread.ofVirtual().name("leasehold-end").start(end);
      }
    }
    return watch.retired.minimalCompletionStage();
  }

  /**
   * Ends all that {@code task} handed on, whatever goes wrong with one of them. A child that is
   * being opened right now sees by itself that its parent has ended.
   */
  private CompletableFuture<Void> endBelow(Task task, TaskHoldings holdings) {
    List<CompletableFuture<?>> ends = new ArrayList<>();
    for (Task child : task.children()) {
      try {
        end(child, Signal.PARENT, PARENT_ENDED);
      } catch (RuntimeException untold) {
        log.error(
            "event=task-signal-untold task={} action=\"its end goes on\"", child.id(), untold);
      }
      ends.add(ended(child).toCompletableFuture());
    }
    ends.add(endElsewhere(task).thenAccept(holdings::livesOn));
    return CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new));
  }

  private CompletableFuture<List<Report.Residual>> endElsewhere(Task task) {
    return CompletableFuture.completedFuture(task)
        .thenCompose(elsewhere::end)
        .exceptionally(
            untold -> {
              log.error(
                  "event=grant-end-untold task={} action=\"dies by itself\"", task.id(), untold);
              return List.of();
            });
  }

  /** Completes with the final report once somebody ends the task. */
  public CompletionStage<Report> ended(Task task) {
    return careFor(task).retired.minimalCompletionStage();
  }

  /** How it is with a task now; empty when it no longer answers. */
  public Optional<Report> report(TaskId id) {
    return Optional.ofNullable(leases.holdings(id)).map(held -> held.report(around.now()));
  }

  /** Ends every open task; fences all of them before it returns. Completes when all are done. */
  @CanIgnoreReturnValue
  public CompletionStage<Void> endAll(Signal signal, String reason) {
    return CompletableFuture.allOf(
            tasks.open().stream()
                .map(task -> end(task, signal, reason).toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new))
        .minimalCompletionStage();
  }

  /** Ends the tasks whose tokens came from a login that is of no use any more. */
  void endGeneration(String generation, String reason) {
    leases.lostGenerations().add(generation); // a token that is being made right now sees it
    for (TaskHoldings holdings : leases.holdings()) {
      if (holdings.hasTokenOf(generation)) {
        end(holdings.task(), Signal.REVOKED, reason);
      }
    }
  }

  private Report retire(Task task, Report report) {
    task.parent()
        .map(parent -> leases.holdings(parent.id()))
        .ifPresent(parent -> parent.childEnded(report));
    tasks.retire(task);
    around
        .timers()
        .at(
            around.now() + Tasks.RETENTION.toNanos(),
            () -> {
              leases.forget(task.id());
              watches.remove(task.id());
            });
    return report;
  }

  /**
   * How many tasks may act.
   *
   * @param kinds that are told of even when there is none
   */
  public Map<String, Integer> activeByKind(Set<String> kinds) {
    Map<String, Integer> counts = new HashMap<>();
    kinds.forEach(kind -> counts.put(kind, 0));
    for (Task task : tasks.open()) {
      counts.merge(task.kind().name(), task.isActive() ? 1 : 0, Integer::sum);
    }
    return counts;
  }
}
