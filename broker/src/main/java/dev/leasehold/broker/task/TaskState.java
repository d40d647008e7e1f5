package dev.leasehold.broker.task;

import java.util.Locale;

/** How far a task is; it moves forward only, but for STUCK, which may still become DONE. */
public enum TaskState {
  ACTIVE,
  /** Refuses everything new; open calls are cut or drain. Local, never waits for the store. */
  FENCED,
  REVOKING,
  VERIFYING,
  DONE,
  /** Not proven after five minutes; still retried. */
  STUCK;

  /** Whether the end may move from {@code current} to here. */
  boolean follows(TaskState current) {
    return switch (current) {
      case DONE -> false;
      case STUCK -> this == DONE;
      case ACTIVE, FENCED, REVOKING, VERIFYING -> compareTo(current) > 0;
    };
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
