package dev.leasehold.broker.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the rules say of one call.
 *
 * @param effect what becomes of it; {@link Effect#DENY} where nothing matches
 * @param rule the one that decided; null where none matched
 * @param observed places of the rules that are only observed and matched
 * @param approval by which it may pass; empty where no human was asked
 * @param undecided it is denied because nobody can say whether the rule matches
 */
record Verdict(
    Effect effect,
    @Nullable PolicyRule rule,
    List<String> observed,
    String approval,
    boolean undecided) {
  /** The same rule, which does not count for this call. */
  Verdict setAside(String breakGlass) {
    return new Verdict(Effect.ALLOW, rule, observed, breakGlass, false);
  }
}
