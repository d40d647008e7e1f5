package dev.leasehold.broker;

import dev.leasehold.broker.control.ControlRules;
import dev.leasehold.broker.lease.TaskEnds;
import dev.leasehold.broker.lease.Timers;
import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.Autonomy;
import dev.leasehold.broker.task.DefaultTaskConfig;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskKind;
import dev.leasehold.broker.task.TaskRequest;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.task.Tasks.Opening;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one task of an agent that knows nothing of tasks: opened when all services have been there,
 * opened again when its own time is over, and never again after a signal or a lock.
 */
final class DefaultTaskLife {
  private static final Logger log = LoggerFactory.getLogger(DefaultTaskLife.class);
  private static final Duration STEP = Duration.ofSeconds(2);

  private final DefaultTaskConfig config;
  private final Supplier<ControlRules> rules;
  private final Tasks tasks;
  private final TaskEnds ends;
  private final Timers timers;

  private volatile @Nullable Task task;
  private volatile String missing = "the default task is not open yet";

  DefaultTaskLife(
      DefaultTaskConfig config,
      Supplier<ControlRules> rules,
      Tasks tasks,
      TaskEnds ends,
      Timers timers) {
    this.config = config;
    this.rules = rules;
    this.tasks = tasks;
    this.ends = ends;
    this.timers = timers;
  }

  /**
   * Refuses the sidecar's own user, as the task API does.
   *
   * @throws IOException with what to do about it
   */
  static void requireAnotherUser(DefaultTaskConfig config, int ownUid, boolean unsafeSameUid)
      throws IOException {
    if (config.uid() == ownUid && !unsafeSameUid) {
      throw new IOException(
          "default-task.uid is the sidecar's own, which could read its memory; give the agent a uid"
              + " of its own, or set control.unsafe-same-uid");
    }
  }

  /** Begins; everything that a task needs must have been there. */
  void begin() {
    Thread.ofVirtual().name("default-task").start(this::openSoon);
  }

  /** The task, ended or not; empty before it is open for the first time. */
  Optional<Task> current() {
    return Optional.ofNullable(task);
  }

  /** Why there is none that may act; empty when there is one. */
  Optional<String> notOpen() {
    Task now = task;
    return now != null && now.isActive() ? Optional.empty() : Optional.of(missing);
  }

  private void openSoon() {
    try {
      while (!open()) {
        log.warn("event=default_task_waits cause=\"{}\"", missing);
        Thread.sleep(STEP);
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /** False when it is worth another try. */
  private boolean open() {
    TaskKind kind = rules.get().kinds().get(config.kind());
    if (kind == null || kind.agents().size() != 1) {
      missing = "the kind of the default task is not configured as it was";
      return false;
    }
    return switch (tasks.open(kind, request(kind))) {
      case Opening.Opened(Task opened, var token) -> watch(opened); // nobody learns the token
      case Opening.Full(String rule, String detail) ->
          retry("the default task cannot be opened: " + detail);
      case Opening.Refused(String rule, String detail) -> giveUp(rule + ": " + detail);
      case Opening.ParentEnded() -> throw new IllegalStateException("nobody delegates it");
      case Opening.Locked(String reason) -> giveUp("opening is locked by revoke-all: " + reason);
    };
  }

  private TaskRequest request(TaskKind kind) {
    String agent = kind.agents().iterator().next();
    Optional<Duration> longest =
        rules.get().policy().autonomy(agent, kind).map(Autonomy::longestTask);
    return new TaskRequest(
        config.purpose(),
        agent,
        AgentProof.UID,
        "default-task",
        Optional.of(config.uid()),
        longest.filter(life -> life.compareTo(kind.ttl()) < 0),
        Optional.empty(),
        Map.of(),
        Optional.empty());
  }

  private boolean watch(Task opened) {
    try {
      ends.watch(opened);
    } catch (IOException unwritten) {
      return retry("the opening of the default task cannot be written down");
    }
    missing = "the default task has ended";
    task = opened;
    log.info("event=default_task_opened task={} until={}", opened.id(), opened.expiresAt());
    var unused = timers.at(opened.deadlineNanos(), () -> timeIsOver(opened));
    return true;
  }

  private void timeIsOver(Task old) {
    var unused = ends.end(old, Signal.DEADLINE, "the task's time is over");
    if (old.end().filter(end -> end.signal() == Signal.DEADLINE).isPresent()) {
      begin();
    }
  }

  private boolean retry(String why) {
    missing = why;
    return false;
  }

  private boolean giveUp(String why) {
    missing = why;
    log.error("event=default_task_not_opened cause=\"{}\"", why);
    return true;
  }
}
