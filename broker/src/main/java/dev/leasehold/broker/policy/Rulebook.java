package dev.leasehold.broker.policy;

import dev.leasehold.broker.task.Task;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one configuration, and what it says of agents: an immutable snapshot, compiled.
 *
 * <p>A rule that denies wins over one that asks a human, and that over one that allows; among
 * equals the first decides. Every rule that asks must have its answer. Where rules are configured,
 * what none of them matches is denied.
 */
public final class Rulebook {
  /** Nothing but what a kind's destinations allow. */
  public static final Rulebook NONE =
      new Rulebook(List.of(), Map.of(), false, Signals.NONE, Consents.NONE);

  /** What decided where no rule matched. */
  static final String PLACE = "policy.rules";

  private final List<PolicyRule> rules;
  private final Map<String, AgentProfile> agents;
  private final int narrowing;
  private final boolean deniesByDefault;
  private final Signals signals;
  private final Consents consents;
  private final RuleIndex index;

  /**
   * @param rules those that were configured, in their order
   * @param agents by SPIFFE ID
   * @param levels whether any agent or kind has a level of autonomy
   */
  public Rulebook(
      List<PolicyRule> rules,
      Map<String, AgentProfile> agents,
      boolean levels,
      Signals signals,
      Consents consents) {
    this.rules =
        levels
            ? Stream.concat(AutonomyRules.ALL.stream(), rules.stream()).toList()
            : List.copyOf(rules);
    this.agents = Map.copyOf(agents);
    this.narrowing = this.rules.size() - rules.size();
    this.deniesByDefault = !rules.isEmpty();
    this.signals = signals;
    this.consents = consents;
    this.index = new RuleIndex(this.rules);
  }

  /** Those of the levels of autonomy first, where there are any. */
  public List<PolicyRule> rules() {
    return rules;
  }

  /** Whether there is anything to ask. */
  boolean isAsked() {
    return !rules.isEmpty();
  }

  Signals signals() {
    return signals;
  }

  AgentProfile agent(String id) {
    return agents.getOrDefault(id, AgentProfile.UNKNOWN);
  }

  /** The break-glass that covers a call; empty when none does. */
  String exception(Task task, @Nullable CredentialUse use) {
    String id = consents.exception(task, use);
    return id == null ? "" : id;
  }

  /** The approval by which {@code rule} lets these facts pass; null when there is none. */
  @Nullable String given(PolicyRule rule, Facts facts) {
    return consents.given(rule, facts);
  }

  /** What each rule has to say of facts that were decided on by {@code decided}. */
  List<Explanation.Step> steps(Facts facts, String decided) {
    return rules.stream().map(rule -> Explanation.step(rule, facts, consents, decided)).toList();
  }

  Verdict judge(Facts facts) {
    return judge(facts, facts);
  }

  /**
   * The same as if somebody else had made the call.
   *
   * @param facts those of the one who is asked about
   * @param made the call as it is made, to which humans agree
   */
  Verdict judge(Facts facts, Facts made) {
    Judgement judgement = new Judgement(facts, made, consents, narrowing);
    index.find(facts, judgement);
    // Who may open what is said by the task API's callers; rules narrow that where they speak of
    // it.
    return judgement.verdict(deniesByDefault && !facts.action().opens());
  }
}
