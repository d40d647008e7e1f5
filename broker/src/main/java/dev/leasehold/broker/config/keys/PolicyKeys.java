package dev.leasehold.broker.config.keys;

import dev.leasehold.broker.config.form.Items;
import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Named;
import dev.leasehold.broker.config.form.Scalar;
import dev.leasehold.broker.config.form.Scalars;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.destination.PathPattern;
import dev.leasehold.broker.engine.CelExpression;
import dev.leasehold.broker.policy.Action;
import dev.leasehold.broker.policy.Effect;
import dev.leasehold.broker.policy.Expression;
import dev.leasehold.broker.policy.Fact;
import dev.leasehold.broker.policy.Intent.Agreement;
import dev.leasehold.broker.policy.PolicyRule.Scope;
import dev.leasehold.broker.secret.Revocability;
import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.Autonomy;
import java.net.URI;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;

/** {@code policy:} and {@code agents:} */
public final class PolicyKeys {
  private static final int MANY = Integer.MAX_VALUE;

  // when

  public static final Key<List<Located<String>>> AGENTS =
      list(
          "agents",
          Values.AGENT_PATTERN,
          "The agent that acts; spiffe://example.org/agent/* is every one below.");
  public static final Key<List<Located<String>>> CHAIN =
      list(
          "chain",
          Values.AGENT_PATTERN,
          "Some agent from the first task's to the one that acts, as in agents.");
  public static final Key<Integer> DEPTH_OVER =
      Key.optional("depth-over", Scalars.integer(0, MANY), "How many delegations led to the task.");
  public static final Key<List<Located<String>>> AGENT_OWNERS =
      list("agent-owners", text("an owner"), "Who answers for it, by agents.ID.owner.");
  public static final Key<List<Located<AgentProof>>> AGENT_PROOF =
      list("agent-proof", Scalars.word(List.of(AgentProof.values())), "How its identity is known.");
  public static final Key<List<Located<Autonomy>>> AUTONOMY =
      list(
          "autonomy",
          Scalars.word(List.of(Autonomy.values())),
          "The stricter of the agent's and the kind's level.");
  public static final Key<List<Located<String>>> KINDS =
      list("kinds", Values.NAME_OF, "The task's kind.");
  public static final Key<List<Located<String>>> PURPOSES =
      list("purposes", text("a purpose"), "The purpose that its opener gave. Asserted.");
  public static final Key<SequencedMap<String, Located<String>>> LABELS =
      Key.optional(
          "labels",
          Named.of("label", Values.LABEL, text("a label's value")),
          "Labels that the task must all have. Asserted.");
  public static final Key<List<Located<String>>> ON_BEHALF_OF =
      list("on-behalf-of", text("a name"), "For whom its opener said it acts. Asserted.");

  public static final Key<List<Located<Action>>> ACTIONS =
      list(
          "actions",
          Scalars.word(List.of(Action.values())),
          "What is done; without it every sort of call, and not the opening of tasks.");
  public static final Key<List<Located<String>>> METHODS =
      list("methods", Values.METHOD, "The HTTP method.");
  public static final Key<List<Located<Agreement>>> INTENT =
      list(
          "intent",
          Scalars.word(List.of(Agreement.values())),
          "Whether Leasehold-Intent agrees with the call; none: nothing was said. Asserted.");

  public static final Key<List<Located<String>>> DESTINATIONS =
      list("destinations", Values.NAME_OF, "The destination.");
  public static final Key<List<Located<String>>> HOSTS =
      list("hosts", Values.HOST, "The target's host.");
  public static final Key<List<Located<PathPattern>>> PATHS =
      list("paths", Values.PATH_RULE, "The canonical path: * is one segment, /** the rest.");
  public static final Key<List<Located<String>>> ENVIRONMENT =
      list("environment", Values.NAME_OF, "The destination's environment.");
  public static final Key<List<Located<String>>> CREDENTIALS =
      list("credentials", Values.NAME_OF, "The credential that is used.");
  public static final Key<List<Located<String>>> OWNERS =
      list("owners", text("an owner"), "The credential's owner.");
  public static final Key<List<Located<String>>> CLASSIFICATION =
      list(
          "classification", CredentialKeys.CLASSIFICATION_WORD, "The credential's classification.");
  public static final Key<List<Located<Revocability>>> REVOCABILITY =
      list(
          "revocability",
          Scalars.word(List.of(Revocability.values())),
          "The credential's revocability.");

  public static final Key<List<Located<DayOfWeek>>> DAYS =
      list(
          "days",
          Scalars.word(
              Arrays.stream(DayOfWeek.values()).map(PolicyKeys::day).toList(), PolicyKeys::day),
          "The day of the week, in UTC.");
  public static final Key<HoursOfDay> HOURS =
      Key.optional("hours", HoursOfDay.SHAPE, "From a time of day to before another, in UTC.");
  public static final Key<List<Located<String>>> SIGNALS =
      list("signals", Values.NAME_OF, "A signal that is on, by the signals file.");
  public static final Key<Integer> CALLS_OVER =
      Key.optional(
          "calls-over", Scalars.integer(0, MANY), "Calls of the task so far, this one too.");
  public static final Key<Long> BYTES_OVER =
      Key.optional(
          "bytes-over",
          Scalars.size(0, Long.MAX_VALUE),
          "What its finished calls have moved, both ways together.");
  public static final Key<Integer> DENIALS_OVER =
      Key.optional("denials-over", Scalars.integer(0, MANY), "Its calls that were refused.");
  public static final Key<Duration> AGE_OVER =
      Key.optional(
          "age-over",
          Scalars.duration(Values.SECOND, Values.MONTH),
          "How long the task has been open.");
  public static final Key<Duration> TIME_LEFT_UNDER =
      Key.optional(
          "time-left-under",
          Scalars.duration(Values.SECOND, Values.MONTH),
          "How long the task has until its deadline.");

  private static final Section.Form WHEN =
      Section.Form.of(
          "the conditions of a rule",
          AGENTS,
          CHAIN,
          DEPTH_OVER,
          AGENT_OWNERS,
          AGENT_PROOF,
          AUTONOMY,
          KINDS,
          PURPOSES,
          LABELS,
          ON_BEHALF_OF,
          ACTIONS,
          METHODS,
          INTENT,
          DESTINATIONS,
          HOSTS,
          PATHS,
          ENVIRONMENT,
          CREDENTIALS,
          OWNERS,
          CLASSIFICATION,
          REVOCABILITY,
          DAYS,
          HOURS,
          SIGNALS,
          CALLS_OVER,
          BYTES_OVER,
          DENIALS_OVER,
          AGE_OVER,
          TIME_LEFT_UNDER);

  // rules

  /** What a rule in use does. */
  public enum Mode {
    ENFORCE,
    OBSERVE
  }

  public static final Key<String> NAME =
      Key.required("name", Values.NAME_OF, "What a denial and the audit log call it.");
  public static final Key<String> OWNER =
      Key.optional(
          "owner", text("an owner"), "Who answers for the rule; a denial says whom to ask.");
  public static final Key<Instant> UNTIL =
      Key.optional(
          "until",
          Scalars.dayOrTime(),
          "Its end, a date included: from then on it no longer allows. A denial goes on denying.");
  public static final Key<Effect> EFFECT =
      Key.required(
          "effect",
          Scalars.word(List.of(Effect.values())),
          "deny wins over require-approval, and that over allow.");
  public static final Key<Mode> MODE =
      Key.defaulted(
          "mode",
          Scalars.word(List.of(Mode.values())),
          "enforce",
          "observe: it is counted and written to the audit log, and has no effect.");
  public static final Key<Section> WHEN_KEY =
      Key.optional("when", WHEN, "All of these must hold; without it always.");
  public static final Key<Expression> CEL =
      Key.optional(
          "cel",
          Scalars.text(
              "a CEL expression over the decision input",
              text -> CelExpression.parse(text)), // a reference would load CEL for everybody
          "Has to hold as well: a CEL expression over the decision input, such as task.calls <"
              + " 500.");
  public static final Key<Scope> SCOPE =
      Key.optional(
          "scope",
          Scalars.word(List.of(Scope.values())),
          "What an approval is good for: the one call, the same method at the same path, or all"
              + " that the rule asks about in this task. Default call.");
  public static final Key<String> APPROVERS =
      Key.optional("approvers", Values.NAME_OF, "The group of approvals.groups that may agree.");
  public static final Key<Duration> WAIT =
      Key.optional(
          "wait",
          Scalars.duration(Values.ZERO, Duration.ofMinutes(10)),
          "How long a call is held for an answer. Default 60s.");
  public static final Key<Integer> COUNT =
      Key.optional(
          "count", Scalars.integer(1, 2), "How many distinct approvers must agree. Default 1.");

  public static final Key<List<Located<Section>>> RULES =
      Key.optional(
          "rules",
          Items.of(
              Section.Form.of(
                  "a rule", NAME, OWNER, UNTIL, EFFECT, MODE, WHEN_KEY, CEL, APPROVERS, SCOPE, WAIT,
                  COUNT)),
          "What every call that a destination allows is asked about; what no rule allows is"
              + " denied.");

  public static final Key<URI> URL =
      Key.required(
          "url", Values.ENGINE_URL, "Where it is asked; plain http only at a loopback address.");
  public static final Key<Duration> TIMEOUT =
      Key.defaulted(
          "timeout",
          Scalars.duration(Duration.ofMillis(10), Duration.ofSeconds(10)),
          "200ms",
          "Longest time until its answer is there; the call is denied then.");
  public static final Key<List<Located<Fact>>> WITHOUT =
      list(
          "without",
          Scalars.word(Arrays.stream(Fact.values()).map(Fact::path).toList(), PolicyKeys::fact),
          "Facts of the decision input that it is not told.");
  private static final Section.Form ASKED =
      Section.Form.of("an engine that is asked over HTTP", URL, TIMEOUT, WITHOUT);
  public static final Key<Section> OPA =
      Key.optional("opa", ASKED, "Open Policy Agent, by its REST API (v1/data).");
  public static final Key<Section> AUTHZEN =
      Key.optional("authzen", ASKED, "Any decision point of AuthZEN 1.0 (access evaluation).");
  public static final Key<Path> POLICIES =
      Key.required(
          "policies",
          Scalars.file("policies in Cedar"),
          "Its policies; read anew when they change.");
  public static final Key<Path> SCHEMA =
      Key.optional(
          "schema",
          Scalars.file("a schema in Cedar's own syntax"),
          "What the policies are checked against, such as docs/leasehold.cedarschema.");
  public static final Key<Section> CEDAR =
      Key.optional(
          "cedar",
          Section.Form.of("Cedar", POLICIES, SCHEMA, TIMEOUT),
          "Cedar, within the sidecar.");
  public static final Key<List<Located<Section>>> ENGINES =
      Key.optional(
          "engines",
          Items.of(
              Section.Form.of("an engine", CEDAR, OPA, AUTHZEN).exactlyOne(CEDAR, OPA, AUTHZEN)),
          "Who else has to agree to what the rules allow; all of them.");

  public static final Key<Duration> CACHE =
      Key.defaulted(
          "cache",
          Scalars.duration(Values.ZERO, Duration.ofMinutes(10)),
          "0s",
          "How long an engine's answer holds for the very same question; never where it is told the"
              + " time, a count or a signal.");

  static final Section.Form FORM = Section.Form.of("the policy", RULES, ENGINES, CACHE);

  // agents

  public static final Key<String> AGENT_OWNER =
      Key.optional("owner", text("an owner"), "Who answers for the agent.");
  public static final Key<Autonomy> AGENT_AUTONOMY =
      Key.optional(
          "autonomy",
          Scalars.word(List.of(Autonomy.values())),
          "How much it may do without a human; the stricter of this and the kind's holds.");

  static final Section.Form AGENT = Section.Form.of("an agent", AGENT_OWNER, AGENT_AUTONOMY);

  private PolicyKeys() {}

  private static <T> Key<List<Located<T>>> list(String name, Scalar<T> item, String doc) {
    return Key.optional(name, Items.of(item), doc);
  }

  private static Scalar<String> text(String what) {
    return Scalars.line(what + " of one line");
  }

  private static Fact fact(String path) {
    return Arrays.stream(Fact.values())
        .filter(fact -> fact.path().equals(path))
        .findFirst()
        .orElseThrow();
  }

  private static String day(DayOfWeek day) {
    return day.name().substring(0, 3).toLowerCase(Locale.ROOT);
  }

  private static DayOfWeek day(String word) {
    return Arrays.stream(DayOfWeek.values())
        .filter(day -> day(day).equals(word))
        .findFirst()
        .orElseThrow();
  }
}
