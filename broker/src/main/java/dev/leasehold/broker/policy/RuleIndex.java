package dev.leasehold.broker.policy;

import dev.leasehold.broker.destination.PathPattern;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Finds the rules that may match, by tuple space search (Srinivasan, Suri and Varghese, SIGCOMM
 * 1999): rules that name exact values of the same facts share a tree of hash tables, one level a
 * fact. So a look-up costs as much as there are shapes of rules, however many rules have each.
 */
final class RuleIndex {
  /** A rule stands in at most so many leaves; facts beyond that are left to its conditions. */
  private static final int MOST_LEAVES = 64;

  /** What rules are found by. The order is that of the levels of a tree. */
  private enum Key {
    DESTINATION(Fact.DESTINATION),
    KIND(Fact.KIND),
    ACTION(Fact.ACTION),
    METHOD(Fact.METHOD),
    SEGMENT_1(0),
    SEGMENT_2(1),
    SEGMENT_3(2),
    SEGMENT_4(3),
    AGENT(Fact.AGENT),
    PURPOSE(Fact.PURPOSE),
    HOST(Fact.HOST),
    ENVIRONMENT(Fact.ENVIRONMENT),
    CREDENTIAL(Fact.CREDENTIAL),
    CREDENTIAL_OWNER(Fact.CREDENTIAL_OWNER),
    CLASSIFICATION(Fact.CLASSIFICATION),
    REVOCABILITY(Fact.REVOCABILITY),
    AUTONOMY(Fact.AUTONOMY),
    AGENT_OWNER(Fact.AGENT_OWNER),
    AGENT_PROOF(Fact.AGENT_PROOF),
    ON_BEHALF_OF(Fact.ON_BEHALF_OF),
    INTENT(Fact.INTENT);

    @SuppressWarnings("ImmutableEnumChecker") // all of them below, and none keeps anything
    private final Function<Facts, String> value;

    @SuppressWarnings("ImmutableEnumChecker") // the same
    private final Function<Condition, Optional<Set<String>>> values;

    Key(Fact fact) {
      this.value = fact::text;
      this.values =
          condition ->
              condition instanceof Condition.OneOf(Fact its, Set<String> values) && its == fact
                  ? Optional.of(values)
                  : Optional.empty();
    }

    Key(int segment) {
      this.value =
          facts -> {
            List<String> segments = facts.path().segments();
            return segment < segments.size() ? segments.get(segment) : "";
          };
      this.values = condition -> segments(condition, segment);
    }

    /** The texts that the segment must be one of; empty where some pattern leaves it open. */
    private static Optional<Set<String>> segments(Condition condition, int at) {
      if (!(condition instanceof Condition.Paths(List<PathPattern> patterns))) {
        return Optional.empty();
      }
      List<Optional<String>> literals =
          patterns.stream().map(pattern -> pattern.literal(at)).toList();
      return literals.stream().allMatch(Optional::isPresent)
          ? Optional.of(literals.stream().map(Optional::get).collect(Collectors.toSet()))
          : Optional.empty();
    }
  }

  /** A rule and its place in the configuration. */
  record Ranked(int rank, PolicyRule rule) {}

  /**
   * @param root a table by the first key's value of tables by the second's, … of lists of rules
   */
  private record Tree(List<Key> keys, Map<String, Object> root) {}

  /** Takes the rules that may match. */
  @FunctionalInterface
  interface Visitor {
    void visit(Ranked rule);
  }

  private final List<Ranked> anywhere = new ArrayList<>();
  private final Tree[] trees;

  RuleIndex(List<PolicyRule> rules) {
    Map<List<Key>, Tree> byKeys = new HashMap<>();
    for (int rank = 0; rank < rules.size(); rank++) {
      Ranked ranked = new Ranked(rank, rules.get(rank));
      Map<Key, Set<String>> places = places(ranked.rule());
      if (places.isEmpty()) {
        anywhere.add(ranked);
        continue;
      }
      List<Key> keys = List.copyOf(places.keySet());
      Tree tree = byKeys.computeIfAbsent(keys, shape -> new Tree(shape, new HashMap<>()));
      insert(tree.root(), List.copyOf(places.values()), ranked);
    }
    this.trees = byKeys.values().toArray(Tree[]::new);
  }

  private static Map<Key, Set<String>> places(PolicyRule rule) {
    Map<Key, Set<String>> all = new EnumMap<>(Key.class);
    for (Key key : Key.values()) {
      for (Condition condition : rule.when()) {
        key.values.apply(condition).ifPresent(values -> all.put(key, values));
      }
    }
    Map<Key, Set<String>> chosen = new EnumMap<>(Key.class);
    int leaves = 1;
    List<Map.Entry<Key, Set<String>>> fewestFirst = new ArrayList<>(all.entrySet());
    fewestFirst.sort(Comparator.comparingInt(entry -> entry.getValue().size()));
    for (Map.Entry<Key, Set<String>> entry : fewestFirst) {
      if (leaves * entry.getValue().size() <= MOST_LEAVES) {
        leaves *= entry.getValue().size();
        chosen.put(entry.getKey(), entry.getValue());
      }
    }
    return chosen;
  }

  @SuppressWarnings("unchecked") // a level below the last is always a table
  private static void insert(Map<String, Object> level, List<Set<String>> values, Ranked rule) {
    boolean last = values.size() == 1;
    for (String value : values.getFirst()) {
      if (last) {
        ((List<Ranked>) level.computeIfAbsent(value, none -> new ArrayList<Ranked>())).add(rule);
      } else {
        Object next = level.computeIfAbsent(value, none -> new HashMap<String, Object>());
        insert((Map<String, Object>) next, values.subList(1, values.size()), rule);
      }
    }
  }

  /** Shows each rule that may match, in no order, and a rule no more than once. */
  void find(Facts facts, Visitor visitor) {
    for (int i = 0; i < anywhere.size(); i++) {
      visitor.visit(anywhere.get(i));
    }
    for (Tree tree : trees) {
      visit(tree, facts, visitor);
    }
  }

  @SuppressWarnings("unchecked") // see insert()
  private static void visit(Tree tree, Facts facts, Visitor visitor) {
    Object node = tree.root();
    for (int i = 0; i < tree.keys().size(); i++) {
      node = ((Map<String, Object>) node).get(tree.keys().get(i).value.apply(facts));
      if (node == null) {
        return;
      }
    }
    List<Ranked> leaf = (List<Ranked>) node;
    for (int i = 0; i < leaf.size(); i++) {
      visitor.visit(leaf.get(i));
    }
  }
}
