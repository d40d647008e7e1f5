package dev.leasehold.broker.vault;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads back the part of Vault's policy language that {@link PathRule} writes. A policy with
 * anything else in it is not understood, and says so, rather than half read.
 */
final class PolicyText {
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s+|#[^\\n"
              + "]*|//[^\\n"
              + "]*|\"((?:[^\"\\\\]|\\\\.)*)\"|([A-Za-z_][A-Za-z0-9_-]*)|([{}\\[\\]=,])");

  /** Not of our form. */
  private static final class Unknown extends Exception {
    private static final long serialVersionUID = 1;

    Unknown() {
      super("not understood", null, false, false);
    }
  }

  private final List<String> tokens;
  private int next;

  private PolicyText(List<String> tokens) {
    this.tokens = tokens;
  }

  /** By path; empty when the text is not understood. */
  static Optional<SortedMap<String, PathRule>> parse(String text) {
    try {
      PolicyText reader = new PolicyText(tokens(text));
      SortedMap<String, PathRule> rules = new TreeMap<>();
      while (reader.next < reader.tokens.size()) {
        PathRule rule = reader.stanza();
        if (rules.put(rule.path(), rule) != null) {
          return Optional.empty();
        }
      }
      return Optional.of(rules);
    } catch (Unknown form) {
      return Optional.empty();
    }
  }

  private static List<String> tokens(String text) throws Unknown {
    List<String> tokens = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(text);
    int at = 0;
    while (at < text.length()) {
      matcher.region(at, text.length());
      if (!matcher.lookingAt()) {
        throw new Unknown();
      }
      String quoted = matcher.group(1);
      if (quoted != null) {
        tokens.add("\"" + quoted.replaceAll("\\\\(.)", "$1"));
      } else if (matcher.group(2) != null || matcher.group(3) != null) {
        tokens.add(matcher.group());
      }
      at = matcher.end();
    }
    return tokens;
  }

  private PathRule stanza() throws Unknown {
    expect("path");
    String path = string();
    expect("{");
    List<String> capabilities = List.of();
    Map<String, List<String>> parameters = Map.of();
    List<String> required = List.of();
    while (!accept("}")) {
      if (accept("capabilities")) {
        expect("=");
        capabilities = list();
      } else if (accept("allowed_parameters")) {
        expect("=");
        parameters = parameters();
      } else if (accept("required_parameters")) {
        expect("=");
        required = list();
      } else {
        throw new Unknown();
      }
    }
    return new PathRule(
        path, new TreeSet<>(capabilities), new TreeMap<>(parameters), new TreeSet<>(required));
  }

  private Map<String, List<String>> parameters() throws Unknown {
    Map<String, List<String>> parameters = new TreeMap<>();
    expect("{");
    while (!accept("}")) {
      String name = take();
      expect("=");
      parameters.put(name.startsWith("\"") ? name.substring(1) : name, list());
      boolean separated = accept(",");
      if (separated && peek("}")) {
        throw new Unknown();
      }
    }
    return parameters;
  }

  private List<String> list() throws Unknown {
    List<String> values = new ArrayList<>();
    expect("[");
    while (!accept("]")) {
      values.add(string());
      if (!accept(",") && !peek("]")) {
        throw new Unknown();
      }
    }
    return values;
  }

  private String string() throws Unknown {
    String token = take();
    if (!token.startsWith("\"")) {
      throw new Unknown();
    }
    return token.substring(1);
  }

  private String take() throws Unknown {
    if (next >= tokens.size()) {
      throw new Unknown();
    }
    return tokens.get(next++);
  }

  private boolean peek(String token) {
    return next < tokens.size() && tokens.get(next).equals(token);
  }

  private boolean accept(String token) {
    if (peek(token)) {
      next++;
      return true;
    }
    return false;
  }

  private void expect(String token) throws Unknown {
    if (!accept(token)) {
      throw new Unknown();
    }
  }
}
