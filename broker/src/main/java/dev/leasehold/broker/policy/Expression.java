package dev.leasehold.broker.policy;

import java.util.Set;

/** A condition in a language of its own; two of the same text are equal. */
public interface Expression {
  /** As it was written. */
  String text();

  /** What it looks at. */
  Set<Fact> facts();

  /**
   * Whether it holds; within bounds, and without blocking.
   *
   * @throws Undecided when that cannot be said of these facts
   */
  boolean holds(Facts facts);

  /** The expression has no value. */
  final class Undecided extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Undecided(Throwable cause) {
      super("an expression has no value", cause, false, false);
    }
  }
}
