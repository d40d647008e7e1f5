package dev.leasehold.broker.policy;

import java.util.List;

/** Allow or deny, with the rule that decided. */
public sealed interface Decision permits Grant, Denial {
  /** The rule that decided, by its place in the configuration. */
  String rule();

  /** Places of the rules that are only observed and matched. */
  List<String> observed();
}
