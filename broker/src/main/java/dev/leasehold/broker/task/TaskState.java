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

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
