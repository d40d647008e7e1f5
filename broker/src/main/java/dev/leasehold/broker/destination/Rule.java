package dev.leasehold.broker.destination;

import java.util.List;
import java.util.Set;

/**
 * One line of {@code allow} or {@code deny}.
 *
 * @param name where it stands, e.g. {@code destinations.broker-api.allow[0]}: what a denial names
 * @param methods upper case; empty: every method
 * @param paths any of these; empty: every path
 */
public record Rule(String name, Set<String> methods, List<PathPattern> paths) {
  public Rule {
    methods = Set.copyOf(methods);
    paths = List.copyOf(paths);
  }

  public boolean matches(String method, CanonicalPath path) {
    if (!methods.isEmpty() && !methods.contains(method)) {
      return false;
    }
    if (paths.isEmpty()) {
      return true;
    }
    for (PathPattern pattern : paths) {
      if (pattern.matches(path)) {
        return true;
      }
    }
    return false;
  }
}
