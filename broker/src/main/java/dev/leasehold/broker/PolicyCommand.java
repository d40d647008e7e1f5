package dev.leasehold.broker;

import dev.leasehold.broker.config.Configuration;
import dev.leasehold.broker.config.PolicyCase;
import dev.leasehold.broker.config.PolicyCases;
import dev.leasehold.broker.policy.Action;
import dev.leasehold.broker.policy.Effect;
import dev.leasehold.broker.policy.Explanation;
import dev.leasehold.broker.task.AgentProof;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code leasehold policy test|explain|replay}: what a policy says, before it says it. */
final class PolicyCommand implements Command {
  private static final String RULES_ONLY = "--rules-only";
  private static final Set<String> EXPLAIN =
      Set.of(
          "--config",
          "--agent",
          "--kind",
          "--destination",
          "--method",
          "--path",
          "--purpose",
          "--action",
          "--intent",
          "--at",
          "--signals");

  @Override
  public int run(List<String> words, Console console) throws UsageException {
    if (words.isEmpty()) {
      throw new UsageException("policy knows test, explain and replay");
    }
    List<String> rest = words.subList(1, words.size());
    return switch (words.getFirst()) {
      case "test" -> test(Arguments.parse(rest, Set.of("--config"), Set.of(RULES_ONLY)), console);
      case "explain" ->
          explain(Arguments.parse(rest, EXPLAIN, Set.of("--json", RULES_ONLY)), console);
      case "replay" ->
          replay(Arguments.parse(rest, Set.of("--config"), Set.of(RULES_ONLY)), console);
      default -> throw new UsageException("policy knows test, explain and replay");
    };
  }

  private static int test(Arguments arguments, Console console) throws UsageException {
    Path file = Arguments.path("FILE", arguments.onlyWord("FILE"));
    Optional<Configuration> configuration =
        ConfigFile.read(arguments.requiredPath("--config"), console);
    PolicyCases table = PolicyCases.load(file);
    table.errors().forEach(error -> console.err().println(file + ": " + error));
    if (configuration.isEmpty() || !table.errors().isEmpty()) {
      return ExitStatus.CONFIG;
    }
    int failed = 0;
    try (TrialEngines engines = engines(arguments, configuration.get())) {
      PolicyTrial trial = new PolicyTrial(configuration.get(), engines.all());
      for (PolicyCase one : table.cases()) {
        Optional<String> wrong = wrong(trial, one);
        if (wrong.isPresent()) {
          failed++;
          console.out().println("FAILED  " + one.name() + ": " + wrong.get());
        }
      }
    }
    console
        .out()
        .println(
            table.cases().size() - failed + " of " + table.cases().size() + " cases as expected");
    return failed == 0 ? ExitStatus.DONE : ExitStatus.NO;
  }

  private static TrialEngines engines(Arguments arguments, Configuration configuration) {
    return arguments.has(RULES_ONLY) ? TrialEngines.none() : TrialEngines.of(configuration);
  }

  private static Optional<String> wrong(PolicyTrial trial, PolicyCase one) {
    try {
      Explanation got = trial.run(one);
      Effect expected = one.expect().orElseThrow();
      boolean right =
          got.effect() == expected && one.rule().filter(rule -> !rule.equals(got.rule())).isEmpty();
      return right
          ? Optional.empty()
          : Optional.of(
              "expected "
                  + expected.word()
                  + one.rule().map(rule -> " by " + rule).orElse("")
                  + ", got "
                  + got.effect().word()
                  + " by "
                  + got.rule());
    } catch (UsageException impossible) {
      return Optional.of(String.valueOf(impossible.getMessage()));
    }
  }

  private static int explain(Arguments arguments, Console console) throws UsageException {
    arguments.expectNoWords();
    PolicyCase one = call(arguments);
    Optional<Configuration> configuration =
        ConfigFile.read(arguments.requiredPath("--config"), console);
    if (configuration.isEmpty()) {
      return ExitStatus.CONFIG;
    }
    Explanation explanation;
    try (TrialEngines engines = engines(arguments, configuration.get())) {
      explanation = new PolicyTrial(configuration.get(), engines.all()).run(one);
    }
    if (arguments.has("--json")) {
      console.out().println(PolicyWords.json(explanation));
    } else {
      PolicyWords.print(explanation, console.out());
    }
    return explanation.effect() == Effect.ALLOW ? ExitStatus.DONE : ExitStatus.NO;
  }

  private static PolicyCase call(Arguments arguments) throws UsageException {
    return new PolicyCase(
        "",
        required(arguments, "--agent"),
        AgentProof.UID,
        required(arguments, "--kind"),
        arguments.value("--purpose").orElse("a test"),
        Map.of(),
        Optional.empty(),
        action(arguments.value("--action").orElse(Action.HTTP.word())),
        arguments.value("--destination"),
        arguments.value("--method").orElse("GET"),
        arguments.value("--path").orElse("/"),
        arguments.value("--intent"),
        at(arguments.value("--at")),
        arguments.value("--signals").map(names -> Set.of(names.split(",", -1))),
        0,
        0,
        0,
        Set.of(),
        Optional.empty(),
        Optional.empty());
  }

  private static String required(Arguments arguments, String option) throws UsageException {
    Optional<String> value = arguments.value(option);
    if (value.isEmpty()) {
      throw new UsageException(option + " is missing");
    }
    return value.get();
  }

  private static Action action(String word) throws UsageException {
    Optional<Action> action =
        Arrays.stream(Action.values()).filter(one -> one.word().equals(word)).findFirst();
    if (action.isEmpty()) {
      throw new UsageException("--action is http, websocket, tunnel or open-task");
    }
    return action.get();
  }

  private static Optional<Instant> at(Optional<String> text) throws UsageException {
    try {
      return text.map(Instant::parse);
    } catch (DateTimeException wrong) {
      throw new UsageException("--at is a time in UTC such as 2030-01-31T00:00:00Z");
    }
  }

  private static int replay(Arguments arguments, Console console) throws UsageException {
    Path file = Arguments.path("AUDIT", arguments.onlyWord("AUDIT"));
    Optional<Configuration> configuration =
        ConfigFile.read(arguments.requiredPath("--config"), console);
    if (configuration.isEmpty()) {
      return ExitStatus.CONFIG;
    }
    try (TrialEngines engines = engines(arguments, configuration.get())) {
      PolicyTrial trial = new PolicyTrial(configuration.get(), engines.all());
      return new PolicyReplay(trial).run(file, console);
    }
  }
}
