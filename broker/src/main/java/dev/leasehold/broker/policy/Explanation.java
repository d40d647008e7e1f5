package dev.leasehold.broker.policy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Why something was decided as it was.
 *
 * @param effect what came of it
 * @param rule what decided
 * @param detail what an agent would be told; empty for what is allowed
 * @param steps every rule of the policy, in order; none where no rule was asked, since the
 *     destination had said no or there are no rules
 * @param engines what each policy engine said; none where the rules had said no, or there are none
 */
public record Explanation(
    Effect effect,
    String rule,
    String detail,
    List<Step> steps,
    SequencedMap<String, Opinion> engines) {
  /** What one rule had to say. */
  public enum Outcome {
    /** It decided. */
    DECIDED,
    /** It matches, and another one decided. */
    MATCHED,
    /** It matches, and a human has agreed. */
    AGREED,
    /** It matches, and has no effect, since it is only observed. */
    OBSERVED,
    /** It matches, and its time is over. */
    RAN_OUT,
    /** A condition does not hold. */
    NOT_MATCHED,
    /** Whether a condition holds cannot be said, which denies. */
    UNDECIDED,
    /** It speaks of other things that are done. */
    OTHER_ACTION
  }

  /**
   * @param failing the first condition that does not hold
   * @param seen what that condition looked at
   */
  public record Step(
      PolicyRule rule,
      Outcome outcome,
      Optional<Condition> failing,
      SequencedMap<Fact, Object> seen) {
    static Step of(PolicyRule rule, Outcome outcome) {
      return new Step(rule, outcome, Optional.empty(), new LinkedHashMap<>());
    }

    static Step of(PolicyRule rule, Outcome outcome, Condition failing, Facts facts) {
      SequencedMap<Fact, Object> seen = new LinkedHashMap<>();
      failing.facts().stream().sorted().forEach(fact -> seen.put(fact, fact.of(facts)));
      return new Step(rule, outcome, Optional.of(failing), seen);
    }
  }

  public Explanation {
    steps = List.copyOf(steps);
  }

  /** Of what no rule of the policy was asked about. */
  public static Explanation denied(String rule, String detail) {
    return new Explanation(Effect.DENY, rule, detail, List.of(), new LinkedHashMap<>());
  }

  static Explanation of(Decision decision, List<Step> steps) {
    return of(decision, steps, new LinkedHashMap<>());
  }

  /**
   * @param decision what came of it in the end
   */
  static Explanation of(
      Decision decision, List<Step> steps, SequencedMap<String, Opinion> engines) {
    Effect effect =
        switch (decision) {
          case Grant grant -> Effect.ALLOW;
          case Referral unsettled -> throw new IllegalArgumentException("engines have to be asked");
          case Denial denial -> denial.asks().isPresent() ? Effect.REQUIRE_APPROVAL : Effect.DENY;
        };
    String detail = decision instanceof Denial denial ? denial.detail() : "";
    return new Explanation(effect, decision.rule(), detail, steps, engines);
  }

  static Step step(PolicyRule rule, Facts facts, Consents consents, String decided) {
    if (!rule.speaksOf(facts.action())) {
      return Step.of(rule, Outcome.OTHER_ACTION);
    }
    for (Condition condition : rule.when()) {
      try {
        if (!condition.holds(facts)) {
          return Step.of(rule, Outcome.NOT_MATCHED, condition, facts);
        }
      } catch (Expression.Undecided failure) {
        return Step.of(rule, Outcome.UNDECIDED, condition, facts);
      }
    }
    if (rule.observe()) {
      return Step.of(rule, Outcome.OBSERVED);
    }
    if (rule.place().equals(decided)) {
      return Step.of(rule, Outcome.DECIDED);
    }
    if (rule.effect() != Effect.DENY && rule.isOver(facts.now())) {
      return Step.of(rule, Outcome.RAN_OUT);
    }
    boolean agreed =
        rule.effect() == Effect.REQUIRE_APPROVAL && consents.given(rule, facts) != null;
    return Step.of(rule, agreed ? Outcome.AGREED : Outcome.MATCHED);
  }
}
