package dev.leasehold.broker.secret;

/** What a look-up proved. Only the store's exact answer proves death. */
public enum Liveness {
  ALIVE,
  DEAD,
  /** No proof either way: permission denied, a server error, a time-out, no connection. */
  UNKNOWN
}
