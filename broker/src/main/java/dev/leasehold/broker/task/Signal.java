package dev.leasehold.broker.task;

import java.util.Locale;

/** What ended a task. The first one wins. */
public enum Signal {
  COMPLETED,
  FAILED,
  CANCELLED,
  DEADLINE,
  IDLE,
  CLOSED,
  EXITED,
  SHUTDOWN,
  REVOKED,
  PARENT;

  /** The word of the API, the audit log and the metric label. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
