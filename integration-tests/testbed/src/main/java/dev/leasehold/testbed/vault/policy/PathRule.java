package dev.leasehold.testbed.vault.policy;

import dev.leasehold.testbed.vault.wire.Globs;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * One {@code path} block of a policy.
 *
 * @param pattern a path; {@code +} stands for one segment, a {@code *} at the end for the rest
 * @param allowed parameters that a write may have, each with its values, none meaning any; an empty
 *     map leaves parameters free
 */
record PathRule(String pattern, Set<Capability> capabilities, Map<String, List<Object>> allowed) {

  /** Lowest first, by the order that Vault documents for paths that match alike. */
  static final Comparator<PathRule> BY_PRECISION =
      Comparator.<PathRule>comparingInt(rule -> rule.firstWildcard())
          .thenComparing(rule -> !rule.pattern.endsWith("*"))
          .thenComparing(Comparator.comparingLong(PathRule::plusSegments).reversed())
          .thenComparingInt(rule -> rule.pattern.length())
          .thenComparing(PathRule::pattern);

  PathRule {
    capabilities = Set.copyOf(capabilities);
    allowed = Map.copyOf(allowed);
  }

  boolean matches(String path) {
    boolean open = pattern.endsWith("*");
    String bare = open ? pattern.substring(0, pattern.length() - 1) : pattern;
    String[] wanted = bare.split("/", -1);
    String[] given = path.split("/", -1);
    if (open ? given.length < wanted.length : given.length != wanted.length) {
      return false;
    }
    int last = wanted.length - 1;
    for (int i = 0; i <= last; i++) {
      boolean rest = open && i == last;
      boolean fits = rest ? given[i].startsWith(wanted[i]) : fits(wanted[i], given[i]);
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  private static boolean fits(String wanted, String given) {
    return wanted.equals("+") || wanted.equals(given);
  }

  /** Whether a write with these parameters stays within {@link #allowed}. */
  boolean permits(JsonObject parameters) {
    return allowed.isEmpty()
        || parameters.stream().allMatch(given -> permits(given.getKey(), given.getValue()));
  }

  private boolean permits(String name, Object value) {
    List<Object> values = allowed.get(name.toLowerCase(Locale.ROOT));
    if (values == null) {
      values = allowed.get("*");
    }
    return values != null
        && (values.isEmpty() || values.stream().anyMatch(wanted -> same(wanted, value)));
  }

  private static boolean same(Object wanted, Object given) {
    return wanted instanceof String glob && given instanceof String text
        ? Globs.edges(glob, text)
        : wanted.equals(given);
  }

  private int firstWildcard() {
    int plus = pattern.startsWith("+/") ? 0 : pattern.indexOf("/+");
    int star = pattern.endsWith("*") ? pattern.length() - 1 : -1;
    return Math.min(plus < 0 ? Integer.MAX_VALUE : plus, star < 0 ? Integer.MAX_VALUE : star);
  }

  private long plusSegments() {
    return List.of(pattern.split("/", -1)).stream().filter("+"::equals).count();
  }
}
