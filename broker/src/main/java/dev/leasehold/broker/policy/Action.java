package dev.leasehold.broker.policy;

import java.util.Locale;

/** The sorts of things that are decided on. */
public enum Action {
  /** One HTTP request. */
  HTTP,
  /** The opening of a WebSocket. */
  WEBSOCKET,
  /** A CONNECT whose bytes pass unseen. */
  TUNNEL,
  /** The opening of a task. */
  OPEN_TASK,
  /** The opening of a child by its parent. */
  DELEGATION;

  /** Whether a task is opened, rather than a call made. */
  public boolean opens() {
    return this == OPEN_TASK || this == DELEGATION;
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
