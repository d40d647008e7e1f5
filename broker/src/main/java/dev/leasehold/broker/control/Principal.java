package dev.leasehold.broker.control;

import dev.leasehold.broker.approval.Approver;
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

  /**
   * Whoever holds a task's own token: may read and end that task and those below it, open children
   * of it, and nothing else.
   *
   * @param peer the caller that the peer's uid stands for; empty where it stands for none
   */
  record TaskHolder(Task task, Optional<Caller> peer) implements Principal {}

  /** A human who may answer questions, and nothing else. */
  record ApprovedBy(Approver approver) implements Principal {}

  /** Whose tasks these are, or who asks, for the audit log. */
  default String name() {
    return switch (this) {
      case Known(Caller caller, Optional<Integer> uid) -> caller.owner();
      case TaskHolder(Task task, Optional<Caller> peer) -> "task:" + task.id();
      case ApprovedBy(Approver approver) -> "approver:" + approver.subject();
    };
  }

  default boolean mayOperate() {
    return switch (this) {
      case Known(Caller caller, Optional<Integer> uid) -> caller.mayOperate();
      case TaskHolder holder -> false;
      case ApprovedBy approver -> false;
    };
  }

  /** Whether it may see and end {@code task}. */
  default boolean maySee(Task task) {
    return switch (this) {
      case Known(Caller caller, Optional<Integer> uid) ->
          caller.mayOperate() || caller.owner().equals(task.owner());
      case TaskHolder(Task own, Optional<Caller> peer) -> task.isOrDescendsFrom(own);
      case ApprovedBy approver -> false;
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

  /** Refuses everybody who is no approver, operators too. */
  default Approver requireApprover() {
    if (this instanceof ApprovedBy(Approver approver)) {
      return approver;
    }
    throw Refused.forbidden(
        "this call is for approvers, at approvals.listen", "approvals.groups", "");
  }

  /** The caller's entry; a task's token is none. */
  default Known requireCaller() {
    if (this instanceof Known known) {
      return known;
    }
    throw this instanceof ApprovedBy
        ? Refused.forbidden("approvers answer questions, and nothing else", "approvals", "")
        : Refused.forbidden(
            "a task's own token may read and end that task and delegate it, and nothing else",
            "control",
            "");
  }
}
