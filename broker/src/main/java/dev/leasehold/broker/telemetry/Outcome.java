package dev.leasehold.broker.telemetry;

import java.util.Locale;

/** How an operation came out: the label {@code outcome}. */
public enum Outcome {
  OK,
  /** Permission denied, or refused by our own checks. */
  DENIED,
  /** The other side does not know the thing. */
  NOT_FOUND,
  /** Told to come back later (429), or our own limit. */
  LIMITED,
  TIMEOUT,
  /** No connection, or it broke. */
  UNREACHABLE,
  /** A server error, a sealed store, an answer that makes no sense. */
  FAILED,
  /** Answered after the task was fenced. */
  LATE,
  /** Neither yes nor no was proven. */
  UNPROVEN;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
