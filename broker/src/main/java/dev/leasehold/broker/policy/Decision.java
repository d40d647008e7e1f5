package dev.leasehold.broker.policy;

/** Allow or deny, with the rule that decided. */
public sealed interface Decision permits Grant, Denial {
  /** The rule that decided, by its place in the configuration. */
  String rule();
}
