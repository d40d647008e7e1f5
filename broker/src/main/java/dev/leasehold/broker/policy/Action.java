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
  OPEN_TASK;

  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
