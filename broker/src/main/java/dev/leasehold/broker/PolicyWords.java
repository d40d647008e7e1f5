package dev.leasehold.broker;

import dev.leasehold.broker.policy.Condition;
import dev.leasehold.broker.policy.Explanation;
import dev.leasehold.broker.policy.Explanation.Outcome;
import dev.leasehold.broker.policy.Explanation.Step;
import dev.leasehold.broker.policy.Obligations;
import dev.leasehold.broker.policy.Opinion;
import dev.leasehold.broker.telemetry.JsonBytes;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** An explanation in words, and as JSON. */
final class PolicyWords {
  private PolicyWords() {}

  static void print(Explanation explanation, PrintStream out) {
    out.println(explanation.effect().word() + " by " + explanation.rule());
    if (!explanation.detail().isEmpty()) {
      out.println("  " + explanation.detail());
    }
    for (Step step : explanation.steps()) {
      out.println(
          "  "
              + String.format("%-16s", step.rule().effect().word())
              + step.rule().place()
              + ": "
              + words(step));
    }
    explanation
        .engines()
        .forEach((name, opinion) -> out.println("  engine " + name + ": " + words(opinion)));
  }

  private static String words(Opinion opinion) {
    return switch (opinion) {
      case Opinion.Allows(var id, Obligations obligations) ->
          obligations.equals(Obligations.NONE) ? "allows" : "allows, if: " + words(obligations);
      case Opinion.Denies(var id, String reason) ->
          reason.isEmpty() ? "denies" : "denies: " + reason;
      case Opinion.Failed(String detail) -> "gave no answer, which denies: " + detail;
    };
  }

  private static String words(Obligations wanted) {
    List<String> words = new ArrayList<>();
    if (wanted.approval()) {
      words.add("a human agrees" + wanted.approvers().map(group -> " of " + group).orElse(""));
    }
    if (wanted.cuts()) {
      words.add("an answer with a secret is cut");
    }
    wanted.life().ifPresent(life -> words.add("it lasts at most " + life.toSeconds() + " s"));
    wanted.perMinute().ifPresent(most -> words.add("there are at most " + most + " a minute"));
    return String.join(", ", words);
  }

  private static String words(Step step) {
    return switch (step.outcome()) {
      case DECIDED -> "decided";
      case MATCHED -> "matches; another rule decided";
      case AGREED -> "matches; a human has agreed";
      case OBSERVED -> "matches; only observed";
      case RAN_OUT -> "matches; has run out";
      case OTHER_ACTION -> "speaks of other actions";
      case NOT_MATCHED ->
          step.failing().map(PolicyWords::words).orElse("") + ", seen " + seen(step);
      case UNDECIDED -> "cannot be said, which denies; seen " + seen(step);
    };
  }

  private static String words(Condition condition) {
    return switch (condition) {
      case Condition.Expressed(var expression) -> "not " + expression.text();
      case Condition.OfOne one -> words(one);
    };
  }

  private static String words(Condition.OfOne condition) {
    String fact = condition.fact().path();
    return switch (condition) {
      case Condition.OneOf(var of, var values) -> fact + " is not one of " + sorted(values);
      case Condition.NoneOf(var of, var values) -> fact + " is one of " + sorted(values);
      case Condition.BeginsWith(var of, var values, var beginnings) ->
          fact + " is not one of " + sorted(values) + " and begins with none of " + beginnings;
      case Condition.InChain(var values, var beginnings) ->
          fact + " has none of " + sorted(values) + " and none that begins with " + beginnings;
      case Condition.Paths(var patterns) -> fact + " matches none of " + patterns;
      case Condition.Labels(var labels) -> fact + " lacks some of " + labels;
      case Condition.Days(var days) -> fact + " is on none of " + days;
      case Condition.Hours(var from, var to) -> fact + " is not from " + from + " to " + to;
      case Condition.SignalOn(var names) -> fact + " has none of " + sorted(names);
      case Condition.Over(var of, long bound, boolean above) ->
          fact + (above ? " is not over " : " is over ") + bound;
    };
  }

  private static String sorted(Collection<String> values) {
    return values.stream().sorted().collect(Collectors.joining(", ", "[", "]"));
  }

  private static String seen(Step step) {
    return step.seen().size() == 1
        ? plain(step.seen().firstEntry().getValue())
        : step.seen().entrySet().stream()
            .map(entry -> entry.getKey().path() + " " + plain(entry.getValue()))
            .collect(Collectors.joining(", "));
  }

  private static String plain(Object seen) {
    String text = String.valueOf(seen);
    return text.isEmpty() ? "nothing" : text;
  }

  static String json(Explanation explanation) {
    JsonBytes json = new JsonBytes(1024).beginObject();
    json.name("effect").text(explanation.effect().word());
    json.name("rule").text(explanation.rule());
    json.name("detail").text(explanation.detail());
    json.name("rules").beginArray();
    for (Step step : explanation.steps()) {
      json.beginObject();
      json.name("rule").text(step.rule().place());
      json.name("effect").text(step.rule().effect().word());
      json.name("outcome").text(word(step.outcome()));
      if (step.seen().size() == 1) {
        json.name("fact").text(step.seen().firstEntry().getKey().path());
        json.name("seen").text(String.valueOf(step.seen().firstEntry().getValue()));
      } else if (!step.seen().isEmpty()) {
        json.name("seen").beginObject();
        step.seen().forEach((fact, seen) -> json.name(fact.path()).text(String.valueOf(seen)));
        json.endObject();
      }
      json.endObject();
    }
    json.endArray();
    json.name("engines").beginArray();
    explanation
        .engines()
        .forEach(
            (name, opinion) -> {
              json.beginObject();
              json.name("engine").text(name);
              json.name("says").text(words(opinion));
              json.endObject();
            });
    json.endArray();
    return new String(json.endObject().toByteArray(), StandardCharsets.UTF_8);
  }

  private static String word(Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
