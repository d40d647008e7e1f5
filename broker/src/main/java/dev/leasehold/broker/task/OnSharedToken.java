package dev.leasehold.broker.task;

import java.util.Locale;

/** What becomes of a task whose token comes from more than one user of this machine. */
public enum OnSharedToken {
  /** It is told, and the task goes on. */
  RECORD,
  /** It is told, and the task ends. */
  END;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
