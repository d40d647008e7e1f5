package dev.leasehold.broker.vault;

import io.github.jopenlibs.vault.json.JsonObject;
import io.github.jopenlibs.vault.json.JsonValue;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** What Vault holds, against what it should. */
final class PlanDiff {
  /**
   * One difference, in words.
   *
   * @param sort what it means for safety
   */
  record Difference(Sort sort, String words) {}

  /** What a difference means. */
  enum Sort {
    /** Something that is needed is not allowed. */
    MISSING,
    /** Something that is not needed is allowed. */
    WIDER,
    /** Neither can be said. */
    DIFFERENT
  }

  private PlanDiff() {}

  static List<Difference> policy(PlanItem.Policy wanted, String found) {
    if (found.strip().equals(PathRule.hcl(wanted.rules()).strip())) {
      return List.of();
    }
    Optional<SortedMap<String, PathRule>> parsed = PolicyText.parse(found);
    if (parsed.isEmpty()) {
      return List.of(new Difference(Sort.DIFFERENT, "holds another text than the plan"));
    }
    List<Difference> differences = new ArrayList<>();
    SortedMap<String, PathRule> more = new TreeMap<>(parsed.get());
    for (PathRule rule : wanted.rules()) {
      PathRule there = more.remove(rule.path());
      if (there == null) {
        differences.add(new Difference(Sort.MISSING, "does not allow " + rule.path()));
      } else {
        rule.missingIn(there)
            .forEach(words -> differences.add(of(Sort.MISSING, rule.path(), words)));
        rule.widerIn(there).forEach(words -> differences.add(of(Sort.WIDER, rule.path(), words)));
      }
    }
    more.values().stream()
        .filter(rule -> !rule.capabilities().isEmpty())
        .filter(rule -> !rule.capabilities().contains("deny"))
        .forEach(
            rule ->
                differences.add(
                    new Difference(
                        Sort.WIDER,
                        "also allows "
                            + String.join(", ", rule.capabilities())
                            + " on "
                            + rule.path())));
    return differences;
  }

  /**
   * Compares a role.
   *
   * @param authorities of the trust bundle; empty where none was given
   */
  static List<Difference> role(
      PlanItem.Role wanted, JsonObject found, Set<X509Certificate> authorities) {
    List<Difference> differences = new ArrayList<>();
    wanted
        .fields()
        .forEach(
            (name, field) -> {
              JsonValue value = found.get(name);
              switch (field) {
                case PlanItem.Field.Names(List<String> values) ->
                    names(name, values, names(value), differences);
                case PlanItem.Field.Flag(boolean flag, boolean otherIsWider) -> {
                  if ((value != null && value.isTrue()) != flag) {
                    differences.add(
                        of(otherIsWider ? Sort.WIDER : Sort.MISSING, name, "is " + !flag));
                  }
                }
                case PlanItem.Field.Bound(Duration bound) ->
                    bound(name, bound, seconds(value), differences);
                case PlanItem.Field.Zero zero -> {
                  if (!seconds(value).isZero()) {
                    differences.add(of(Sort.WIDER, name, "is " + value + ", not 0"));
                  }
                }
                case PlanItem.Field.Word(String word) -> {
                  String text = value != null && value.isString() ? value.asString() : "";
                  if (!text.equals(word)) {
                    differences.add(
                        of(Sort.DIFFERENT, name, "is \"" + text + "\", not \"" + word + "\""));
                  }
                }
                case PlanItem.Field.Authorities certificate ->
                    authorities(
                        name,
                        authorities,
                        value != null && value.isString() ? value.asString() : "",
                        differences);
              }
            });
    return differences;
  }

  private static void names(
      String field, List<String> wanted, Set<String> found, List<Difference> differences) {
    Set<String> missing = new TreeSet<>(wanted);
    missing.removeAll(found);
    if (!missing.isEmpty()) {
      differences.add(of(Sort.MISSING, field, "lacks " + missing));
    }
    Set<String> more = new TreeSet<>(found);
    more.removeAll(wanted);
    if (!more.isEmpty()) {
      differences.add(of(Sort.WIDER, field, "has also " + more));
    }
    // An empty list of allowed names allows every name; then "missing" is the lesser truth.
    if (found.isEmpty() && !wanted.isEmpty() && field.startsWith("allowed_")) {
      differences.add(of(Sort.WIDER, field, "is empty, which allows all"));
    }
  }

  private static void bound(
      String field, Duration wanted, Duration found, List<Difference> differences) {
    if (found.isZero() || found.compareTo(wanted) > 0) {
      differences.add(
          of(
              Sort.WIDER,
              field,
              "is " + found.toSeconds() + " s, not " + wanted.toSeconds() + " s"));
    } else if (found.compareTo(wanted) < 0) {
      differences.add(
          of(
              Sort.MISSING,
              field,
              "is " + found.toSeconds() + " s, shorter than " + wanted.toSeconds() + " s"));
    }
  }

  private static void authorities(
      String field, Set<X509Certificate> wanted, String pem, List<Difference> differences) {
    Optional<Set<X509Certificate>> found = Bundle.parse(pem);
    if (found.isEmpty()) {
      differences.add(of(Sort.MISSING, field, "is no certificate"));
      return;
    }
    long missing = wanted.stream().filter(one -> !found.get().contains(one)).count();
    long more = found.get().stream().filter(one -> !wanted.contains(one)).count();
    if (missing > 0) {
      differences.add(of(Sort.MISSING, field, "lacks " + missing + " of the bundle's authorities"));
    }
    if (more > 0) {
      differences.add(
          of(Sort.WIDER, field, "trusts " + more + " authorities that are not in the bundle"));
    }
  }

  private static Difference of(Sort sort, String where, String words) {
    return new Difference(sort, where + " " + words);
  }

  private static Set<String> names(JsonValue value) {
    Set<String> names = new TreeSet<>();
    if (value != null && value.isArray()) {
      value
          .asArray()
          .forEach(name -> names.add(name.isString() ? name.asString() : name.toString()));
    } else if (value != null && value.isString() && !value.asString().isEmpty()) {
      names.addAll(List.of(value.asString().split(",")));
    }
    return names;
  }

  private static Duration seconds(JsonValue value) {
    return value != null && value.isNumber() ? Duration.ofSeconds(value.asLong()) : Duration.ZERO;
  }
}
