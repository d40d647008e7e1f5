package dev.leasehold.broker.policy;

import dev.leasehold.broker.policy.PolicyRule.Asking;
import dev.leasehold.broker.policy.PolicyRule.Scope;
import dev.leasehold.broker.task.Autonomy;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What each level of autonomy may not do without a human; docs/policy.md has the table. */
final class AutonomyRules {
  private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
  private static final Set<String> PRODUCTION = Set.of("production");
  private static final Set<String> RESTRICTED = Set.of("restricted");

  /** For everybody; they match only where somebody has a level. */
  static final List<PolicyRule> ALL =
      List.of(
          rule(Autonomy.SUPERVISED, "writes", new Condition.NoneOf(Fact.METHOD, READS)),
          rule(
              Autonomy.SUPERVISED,
              "streams",
              new Condition.OneOf(
                  Fact.ACTION, Set.of(Action.WEBSOCKET.word(), Action.TUNNEL.word()))),
          rule(
              Autonomy.SUPERVISED,
              "classified",
              new Condition.OneOf(Fact.CLASSIFICATION, Set.of("confidential", "restricted"))),
          rule(
              Autonomy.BOUNDED,
              "production-writes",
              new Condition.NoneOf(Fact.METHOD, READS),
              new Condition.OneOf(Fact.ENVIRONMENT, PRODUCTION)),
          rule(
              Autonomy.BOUNDED, "restricted", new Condition.OneOf(Fact.CLASSIFICATION, RESTRICTED)),
          rule(
              Autonomy.AUTONOMOUS,
              "restricted-production-writes",
              new Condition.NoneOf(Fact.METHOD, READS),
              new Condition.OneOf(Fact.ENVIRONMENT, PRODUCTION),
              new Condition.OneOf(Fact.CLASSIFICATION, RESTRICTED)));

  private AutonomyRules() {}

  private static PolicyRule rule(Autonomy level, String name, Condition... more) {
    Condition[] when = new Condition[more.length + 1];
    when[0] = new Condition.OneOf(Fact.AUTONOMY, Set.of(level.word()));
    System.arraycopy(more, 0, when, 1, more.length);
    return new PolicyRule(
        "autonomy." + level.word() + "." + name,
        "",
        Optional.empty(),
        Effect.REQUIRE_APPROVAL,
        false,
        List.of(when),
        Optional.of(new Asking(Optional.empty(), Scope.PATH, Asking.DEFAULT_HELD, 1)));
  }
}
