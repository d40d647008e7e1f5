package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.PolicyKeys;
import dev.leasehold.broker.policy.Action;
import dev.leasehold.broker.policy.AgentProfile;
import dev.leasehold.broker.policy.Condition;
import dev.leasehold.broker.policy.Effect;
import dev.leasehold.broker.policy.Fact;
import dev.leasehold.broker.policy.Intent.Agreement;
import dev.leasehold.broker.policy.PolicyRule;
import dev.leasehold.broker.policy.PolicyRule.Asking;
import dev.leasehold.broker.policy.PolicyRule.Scope;
import dev.leasehold.broker.secret.Revocability;
import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.Autonomy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Makes the records of the policy's rules, and of agents. */
final class PolicyRules {
  private static final String BELOW = "/*";

  private PolicyRules() {}

  static List<PolicyRule> of(Document document) {
    return document.rules().stream().map(PolicyRules::rule).toList();
  }

  static Map<String, AgentProfile> agents(Document document) {
    Map<String, AgentProfile> agents = new HashMap<>();
    document
        .agents()
        .forEach(
            (id, section) ->
                agents.put(
                    id,
                    new AgentProfile(
                        section.find(PolicyKeys.AGENT_OWNER).orElse(""),
                        section.find(PolicyKeys.AGENT_AUTONOMY))));
    return agents;
  }

  /** Of a rule whose own keys were read without a mistake. */
  static PolicyRule rule(Section section) {
    Effect effect = section.get(PolicyKeys.EFFECT);
    return new PolicyRule(
        "policy.rules." + section.get(PolicyKeys.NAME),
        section.find(PolicyKeys.OWNER).orElse(""),
        section.find(PolicyKeys.UNTIL),
        effect,
        section.get(PolicyKeys.MODE) == PolicyKeys.Mode.OBSERVE,
        when(section),
        effect == Effect.REQUIRE_APPROVAL ? Optional.of(asking(section)) : Optional.empty());
  }

  private static List<Condition> when(Section rule) {
    List<Condition> all =
        new ArrayList<>(
            rule.find(PolicyKeys.WHEN_KEY).map(PolicyRules::conditions).orElse(List.of()));
    rule.find(PolicyKeys.CEL)
        .map(Condition.Expressed::new)
        .ifPresent(all::add); // the dearest, last
    return all;
  }

  private static Asking asking(Section section) {
    return new Asking(
        section.find(PolicyKeys.APPROVERS),
        section.find(PolicyKeys.SCOPE).orElse(Scope.CALL),
        section.find(PolicyKeys.WAIT).orElse(Asking.DEFAULT_HELD),
        section.find(PolicyKeys.COUNT).orElse(1));
  }

  private static List<Condition> conditions(Section when) {
    List<Condition> all = new ArrayList<>();
    when.find(PolicyKeys.AGENTS).map(PolicyRules::agents).ifPresent(all::add);
    when.find(PolicyKeys.CHAIN).map(PolicyRules::chain).ifPresent(all::add);
    over(all, Fact.DEPTH, when.find(PolicyKeys.DEPTH_OVER).map(Integer::longValue), true);
    texts(all, when, PolicyKeys.AGENT_OWNERS, Fact.AGENT_OWNER, Function.identity());
    texts(all, when, PolicyKeys.AGENT_PROOF, Fact.AGENT_PROOF, AgentProof::word);
    texts(all, when, PolicyKeys.AUTONOMY, Fact.AUTONOMY, Autonomy::word);
    texts(all, when, PolicyKeys.KINDS, Fact.KIND, Function.identity());
    texts(all, when, PolicyKeys.PURPOSES, Fact.PURPOSE, Function.identity());
    when.find(PolicyKeys.LABELS).map(PolicyRules::labels).ifPresent(all::add);
    texts(all, when, PolicyKeys.ON_BEHALF_OF, Fact.ON_BEHALF_OF, Function.identity());
    texts(all, when, PolicyKeys.ACTIONS, Fact.ACTION, Action::word);
    texts(all, when, PolicyKeys.METHODS, Fact.METHOD, Function.identity());
    texts(all, when, PolicyKeys.INTENT, Fact.INTENT, Agreement::word);
    texts(all, when, PolicyKeys.DESTINATIONS, Fact.DESTINATION, Function.identity());
    texts(all, when, PolicyKeys.HOSTS, Fact.HOST, Function.identity());
    when.find(PolicyKeys.PATHS)
        .ifPresent(paths -> all.add(new Condition.Paths(values(paths, Function.identity()))));
    texts(all, when, PolicyKeys.ENVIRONMENT, Fact.ENVIRONMENT, Function.identity());
    texts(all, when, PolicyKeys.CREDENTIALS, Fact.CREDENTIAL, Function.identity());
    texts(all, when, PolicyKeys.OWNERS, Fact.CREDENTIAL_OWNER, Function.identity());
    texts(all, when, PolicyKeys.CLASSIFICATION, Fact.CLASSIFICATION, Function.identity());
    texts(all, when, PolicyKeys.REVOCABILITY, Fact.REVOCABILITY, Revocability::word);
    when.find(PolicyKeys.DAYS)
        .ifPresent(days -> all.add(new Condition.Days(Set.copyOf(values(days, day -> day)))));
    when.find(PolicyKeys.HOURS)
        .ifPresent(hours -> all.add(new Condition.Hours(hours.from(), hours.to())));
    when.find(PolicyKeys.SIGNALS)
        .ifPresent(
            names -> all.add(new Condition.SignalOn(Set.copyOf(values(names, name -> name)))));
    over(all, Fact.CALLS, when.find(PolicyKeys.CALLS_OVER).map(Integer::longValue), true);
    over(all, Fact.BYTES, when.find(PolicyKeys.BYTES_OVER), true);
    over(all, Fact.DENIALS, when.find(PolicyKeys.DENIALS_OVER).map(Integer::longValue), true);
    over(all, Fact.AGE, when.find(PolicyKeys.AGE_OVER).map(Duration::toSeconds), true);
    // Whole seconds left: one that has begun counts as over.
    over(
        all,
        Fact.TIME_LEFT,
        when.find(PolicyKeys.TIME_LEFT_UNDER).map(left -> left.toSeconds() - 1),
        false);
    return all;
  }

  private static void over(List<Condition> all, Fact fact, Optional<Long> bound, boolean above) {
    bound.ifPresent(number -> all.add(new Condition.Over(fact, number, above)));
  }

  private static <T> void texts(
      List<Condition> all,
      Section when,
      Key<List<Located<T>>> key,
      Fact fact,
      Function<T, String> word) {
    when.find(key)
        .ifPresent(values -> all.add(new Condition.OneOf(fact, Set.copyOf(values(values, word)))));
  }

  private static <T, R> List<R> values(List<Located<T>> located, Function<T, R> map) {
    return located.stream().map(Located::value).map(map).toList();
  }

  private static Condition agents(List<Located<String>> patterns) {
    Set<String> exact = exact(patterns);
    List<String> beginnings = beginnings(patterns);
    return beginnings.isEmpty()
        ? new Condition.OneOf(Fact.AGENT, exact)
        : new Condition.BeginsWith(Fact.AGENT, exact, beginnings);
  }

  private static Condition chain(List<Located<String>> patterns) {
    return new Condition.InChain(exact(patterns), beginnings(patterns));
  }

  private static Set<String> exact(List<Located<String>> patterns) {
    return patterns.stream()
        .map(Located::value)
        .filter(id -> !id.endsWith(BELOW))
        .collect(Collectors.toSet());
  }

  private static List<String> beginnings(List<Located<String>> patterns) {
    return patterns.stream()
        .map(Located::value)
        .filter(id -> id.endsWith(BELOW))
        .map(id -> id.substring(0, id.length() - 1))
        .toList();
  }

  private static Condition labels(Map<String, Located<String>> labels) {
    return new Condition.Labels(
        labels.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().value())));
  }
}
