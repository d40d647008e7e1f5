package dev.leasehold.broker.policy;

import java.util.List;

/** Allow or deny, with the rule that decided; or engines have yet to be asked. */
public sealed interface Decision permits Grant, Denial, Referral {
  /** The rule that decided, by its place in the configuration. */
  String rule();

  /** Places of the rules that are only observed and matched. */
  List<String> observed();

  /** What engines call their decisions, each behind the engine's name. */
  default List<String> engineDecisions() {
    return List.of();
  }
}
