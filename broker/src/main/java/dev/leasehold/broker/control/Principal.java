package dev.leasehold.broker.control;

import dev.leasehold.broker.task.Task;
import java.util.Optional;

/** Who makes a call of the API, once that is known. */
sealed interface Principal {
  /**
   * A caller of the configuration.
   *
   * @param uid the peer's, where the channel tells it
   */
  record Known(Caller caller, Optional<Integer> uid) implements Principal {}

  /** Whoever holds a task's own token: may read and end that task, and nothing else. */
  record TaskHolder(Task task) implements Principal {}

  /** Whose tasks these are, or who asks, for the audit log. */
  default String name() {
    return switch (this) {
      case Known(Caller caller, Optional<Integer> uid) -> caller.owner();
      case TaskHolder(Task task) -> "task:" + task.id();
    };
  }

  default boolean mayOperate() {
    return switch (this) {
      case Known(Caller caller, Optional<Integer> uid) -> caller.mayOperate();
      case TaskHolder(Task task) -> false;
    };
  }

  /** Whether it may see and end {@code task}. */
  default boolean maySee(Task task) {
    return switch (this) {
      case Known(Caller caller, Optional<Integer> uid) ->
          caller.mayOperate() || caller.owner().equals(task.owner());
      case TaskHolder(Task own) -> own == task;
    };
  }

  /** Refuses everybody who may not do everything. */
  default void requireOperate() {
    if (!mayOperate()) {
      throw Refused.forbidden(
          "this call is for callers that may operate",
          "control.callers",
          "an operator's entry has may: [operate]");
    }
  }

  /** The caller's entry; a task's token is none. */
  default Known requireCaller() {
    if (this instanceof Known known) {
      return known;
    }
    throw Refused.forbidden(
        "a task's own token may read and end that task, and nothing else", "control", "");
  }
}
