package dev.leasehold.testbed.vault.policy;

import dev.leasehold.testbed.vault.wire.Refusal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads the part of HCL in which policies are written: {@code path} blocks with {@code
 * capabilities} and {@code allowed_parameters}. Anything else is refused rather than ignored, since
 * an ignored line would make a policy wider than its author meant.
 */
final class PolicyText {
  private final HclWords words;

  private PolicyText(String text) {
    words = new HclWords(text);
  }

  static List<PathRule> parse(String text) {
    PolicyText policy = new PolicyText(text);
    List<PathRule> rules = new ArrayList<>();
    while (!policy.words.atEnd()) {
      policy.words.expect("path");
      rules.add(policy.rule(policy.words.string()));
    }
    return List.copyOf(rules);
  }

  private PathRule rule(String path) {
    EnumSet<Capability> capabilities = EnumSet.noneOf(Capability.class);
    Map<String, List<Object>> allowed = new HashMap<>();
    words.expect("{");
    while (!words.accept("}")) {
      String key = words.name();
      words.accept("=");
      switch (key) {
        case "capabilities" -> list().forEach(word -> capabilities.add(capability(path, word)));
        case "allowed_parameters" -> allowed.putAll(parameters());
        default ->
            throw Refusal.badRequest(
                "failed to parse policy: "
                    + Refusal.wrapped("path \"%s\": invalid key \"%s\"".formatted(path, key)));
      }
      words.accept(",");
    }
    String pattern = path.startsWith("/") ? path.substring(1) : path;
    return new PathRule(pattern, capabilities, allowed);
  }

  private static Capability capability(String path, Object word) {
    try {
      return Capability.valueOf(word.toString().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException unknown) {
      throw Refusal.badRequest(
          "failed to parse policy: path \"%s\": invalid capability \"%s\"".formatted(path, word));
    }
  }

  private Map<String, List<Object>> parameters() {
    Map<String, List<Object>> parameters = new HashMap<>();
    words.expect("{");
    while (!words.accept("}")) {
      String name = words.name().toLowerCase(Locale.ROOT);
      words.expect("=");
      parameters.put(name, list());
      words.accept(",");
    }
    return parameters;
  }

  private List<Object> list() {
    List<Object> values = new ArrayList<>();
    words.expect("[");
    while (!words.accept("]")) {
      values.add(words.value());
      words.accept(",");
    }
    return List.copyOf(values);
  }
}
