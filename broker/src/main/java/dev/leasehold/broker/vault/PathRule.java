package dev.leasehold.broker.vault;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One {@code path} stanza of a Vault policy.
 *
 * @param allowedParameters by name the values that are allowed, none meaning any; an empty map says
 *     nothing about parameters
 * @param requiredParameters those that a request must have
 */
record PathRule(
    String path,
    SortedSet<String> capabilities,
    SortedMap<String, List<String>> allowedParameters,
    SortedSet<String> requiredParameters) {

  PathRule {
    capabilities = Collections.unmodifiableSortedSet(new TreeSet<>(capabilities));
    SortedMap<String, List<String>> copy = new TreeMap<>();
    allowedParameters.forEach((name, values) -> copy.put(name, sorted(values)));
    allowedParameters = Collections.unmodifiableSortedMap(copy);
    requiredParameters = Collections.unmodifiableSortedSet(new TreeSet<>(requiredParameters));
  }

  private static List<String> sorted(List<String> values) {
    return values.stream().distinct().sorted().toList();
  }

  static PathRule allow(String path, String capability) {
    return allow(path, capability, Map.of());
  }

  static PathRule allow(
      String path, String capability, Map<String, List<String>> allowedParameters) {
    return new PathRule(
        path, new TreeSet<>(Set.of(capability)), new TreeMap<>(allowedParameters), new TreeSet<>());
  }

  /** The same for requests that leave none of these out. */
  PathRule requiring(Set<String> parameters) {
    return new PathRule(path, capabilities, allowedParameters, new TreeSet<>(parameters));
  }

  /** As HCL, the same text for the same rule. */
  String hcl() {
    StringBuilder text = new StringBuilder();
    text.append("path ").append(quoted(path)).append(" {\n");
    text.append("  capabilities = ").append(list(capabilities)).append('\n');
    if (!allowedParameters.isEmpty()) {
      text.append("  allowed_parameters = {\n");
      allowedParameters.forEach(
          (name, values) ->
              text.append("    ")
                  .append(quoted(name))
                  .append(" = ")
                  .append(list(values))
                  .append('\n'));
      text.append("  }\n");
    }
    if (!requiredParameters.isEmpty()) {
      text.append("  required_parameters = ").append(list(requiredParameters)).append('\n');
    }
    return text.append("}\n").toString();
  }

  static String hcl(List<PathRule> rules) {
    return rules.stream().map(PathRule::hcl).collect(Collectors.joining("\n"));
  }

  private static String list(Collection<String> values) {
    return values.stream().map(PathRule::quoted).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** What {@code found} allows beyond this, in words; empty when nothing. */
  List<String> widerIn(PathRule found) {
    List<String> wider = new ArrayList<>();
    SortedSet<String> more = new TreeSet<>(found.capabilities);
    more.removeAll(capabilities);
    if (!more.isEmpty()) {
      wider.add("may also " + String.join(", ", more));
    }
    SortedSet<String> free = new TreeSet<>(requiredParameters);
    free.removeAll(found.requiredParameters);
    if (!free.isEmpty()) {
      wider.add("does not require parameter " + String.join(", ", free));
    }
    if (!allowedParameters.isEmpty() && found.allowedParameters.isEmpty()) {
      wider.add("allows every parameter");
    }
    found.allowedParameters.forEach(
        (name, values) -> {
          List<String> needed = allowedParameters.get(name);
          if (allowedParameters.isEmpty()) {
            return; // restricts what we do not: narrower
          }
          if (needed == null) {
            wider.add("allows parameter " + name);
          } else if (!needed.isEmpty() && (values.isEmpty() || !needed.containsAll(values))) {
            wider.add("allows more values of parameter " + name);
          }
        });
    return wider;
  }

  /** What this allows and {@code found} does not, in words; empty when nothing. */
  List<String> missingIn(PathRule found) {
    return found.widerIn(this).stream().map(words -> "lacks: " + words).toList();
  }
}
