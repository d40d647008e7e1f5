package dev.leasehold.broker.policy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Weighs the rules that match one call, in whatever order they come. */
final class Judgement implements RuleIndex.Visitor {
  private final Facts facts;
  private final Facts made;
  private final Consents consents;
  private final int narrowing;

  private RuleIndex.@Nullable Ranked denying;
  private RuleIndex.@Nullable Ranked undecided;
  private RuleIndex.@Nullable Ranked asking;
  private RuleIndex.@Nullable Ranked agreed;
  private RuleIndex.@Nullable Ranked allowing;
  private RuleIndex.@Nullable Ranked over;
  private List<String> observed = List.of();
  private String approval = "";

  /**
   * @param facts what the rules are asked about
   * @param made the call as it is made, to which humans agree
   * @param narrowing how many rules, from the first on, only ever narrow: that a human agrees to
   *     one of them allows nothing by itself
   */
  Judgement(Facts facts, Facts made, Consents consents, int narrowing) {
    this.facts = facts;
    this.made = made;
    this.consents = consents;
    this.narrowing = narrowing;
  }

  @Override
  public void visit(RuleIndex.Ranked ranked) {
    PolicyRule rule = ranked.rule();
    if (rule.speaksOf(facts.action()) && matches(ranked)) {
      take(ranked, rule);
    }
  }

  private boolean matches(RuleIndex.Ranked ranked) {
    try {
      return ranked.rule().matches(facts);
    } catch (Expression.Undecided failure) {
      if (!ranked.rule().observe()) {
        undecided = first(undecided, ranked);
      }
      return false;
    }
  }

  private void take(RuleIndex.Ranked ranked, PolicyRule rule) {
    if (rule.observe()) {
      observed = observed.isEmpty() ? new ArrayList<>(2) : observed;
      observed.add(rule.place());
      return;
    }
    boolean isOver = rule.isOver(facts.now());
    switch (rule.effect()) {
      case DENY -> denying = first(denying, ranked);
      case REQUIRE_APPROVAL -> {
        if (isOver) {
          denying = first(denying, ranked);
        } else {
          weigh(ranked, consents.given(rule, made));
        }
      }
      case ALLOW -> {
        if (isOver) {
          over = first(over, ranked);
        } else {
          allowing = first(allowing, ranked);
        }
      }
    }
  }

  private void weigh(RuleIndex.Ranked ranked, @Nullable String given) {
    if (given == null) {
      asking = first(asking, ranked);
      return;
    }
    approval = approval.isEmpty() ? given : approval;
    if (ranked.rank() >= narrowing) {
      agreed = first(agreed, ranked);
    }
  }

  private static RuleIndex.Ranked first(
      RuleIndex.@Nullable Ranked before, RuleIndex.Ranked ranked) {
    return before == null || ranked.rank() < before.rank() ? ranked : before;
  }

  /**
   * @param deniesByDefault what nothing matches
   */
  Verdict verdict(boolean deniesByDefault) {
    if (denying != null) {
      return of(Effect.DENY, denying);
    }
    if (undecided != null) {
      return new Verdict(Effect.DENY, undecided.rule(), observed, approval, true);
    }
    if (asking != null) {
      return of(Effect.REQUIRE_APPROVAL, asking);
    }
    if (agreed != null) {
      return of(Effect.ALLOW, agreed);
    }
    if (allowing != null) {
      return of(Effect.ALLOW, allowing);
    }
    return of(deniesByDefault ? Effect.DENY : Effect.ALLOW, over);
  }

  private Verdict of(Effect effect, RuleIndex.@Nullable Ranked by) {
    return new Verdict(effect, by == null ? null : by.rule(), observed, approval, false);
  }
}
