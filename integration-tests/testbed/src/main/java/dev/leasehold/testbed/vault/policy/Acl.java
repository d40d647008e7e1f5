package dev.leasehold.testbed.vault.policy;

import dev.leasehold.testbed.vault.wire.VaultRequest;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a set of policies allows: the most precise rule for a path decides alone. */
public final class Acl {
  private static final Acl ROOT = new Acl(true, List.of());

  private final boolean root;
  private final List<PathRule> rules;

  private Acl(boolean root, List<PathRule> rules) {
    this.root = root;
    this.rules = rules;
  }

  static Acl root() {
    return ROOT;
  }

  /** Rules for one and the same path add up; a deny among them wins. */
  static Acl of(List<PathRule> rules) {
    Map<String, PathRule> byPath = new HashMap<>();
    rules.forEach(rule -> byPath.merge(rule.pattern(), rule, Acl::sum));
    return new Acl(false, List.copyOf(byPath.values()));
  }

  public boolean allows(VaultRequest request) {
    if (root) {
      return true;
    }
    Optional<PathRule> rule = decisive(request.path());
    return rule.isPresent()
        && rule.get().capabilities().contains(Capability.valueOf(request.operation().name()))
        && (!request.operation().writes() || rule.get().permits(request.body()));
  }

  /** Whether a path that wants more than its operation may be used. */
  public boolean sudo(String path) {
    return root
        || decisive(path).filter(r -> r.capabilities().contains(Capability.SUDO)).isPresent();
  }

  /** The words of the capabilities on a path, sorted; {@code deny} where there are none. */
  public List<String> capabilities(String path) {
    if (root) {
      return List.of("root");
    }
    List<String> words =
        decisive(path).map(PathRule::capabilities).orElse(Set.of()).stream()
            .map(Capability::word)
            .sorted()
            .toList();
    return words.isEmpty() ? List.of("deny") : words;
  }

  private Optional<PathRule> decisive(String path) {
    return rules.stream()
        .filter(rule -> rule.matches(path))
        .max(PathRule.BY_PRECISION)
        .filter(rule -> !rule.capabilities().contains(Capability.DENY));
  }

  private static PathRule sum(PathRule one, PathRule other) {
    EnumSet<Capability> both = EnumSet.copyOf(one.capabilities());
    both.addAll(other.capabilities());
    return new PathRule(one.pattern(), both, sum(one.allowed(), other.allowed()));
  }

  private static Map<String, List<Object>> sum(
      Map<String, List<Object>> one, Map<String, List<Object>> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return Map.of();
    }
    Map<String, List<Object>> sum = new HashMap<>(one);
    other.forEach((name, values) -> sum.merge(name, values, Acl::either));
    return sum;
  }

  private static List<Object> either(List<Object> one, List<Object> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return List.of();
    }
    return java.util.stream.Stream.concat(one.stream(), other.stream()).distinct().toList();
  }
}
