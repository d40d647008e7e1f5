package dev.leasehold.broker.config.form;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A single value. Its parser throws {@link IllegalArgumentException} with a message that completes
 * "… (line 4): …" and echoes nothing.
 *
 * @param <T> what a reader gets
 */
public final class Scalar<T> implements Shape<T> {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}?");
  private static final Pattern VARIABLE_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  // The core schema of YAML 1.2 (§10.3.2): what a plain scalar is when it is not text.
  private static final Pattern NULL = Pattern.compile("|~|null|Null|NULL");
  private static final Pattern BOOLEAN = Pattern.compile("true|True|TRUE|false|False|FALSE");
  private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+");
  private static final Pattern FLOAT =
      Pattern.compile(
          "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\\.(inf|Inf|INF)"
              + "|\\.(nan|NaN|NAN)");

  /** What a value may be written as. */
  enum Kind {
    TEXT,
    INTEGER,
    BOOLEAN,
    TEXT_OR_INTEGER
  }

  /** Makes a value of text. */
  @FunctionalInterface
  interface Parser<T> {
    T parse(String text, Reading reading);
  }

  private final Kind kind;
  private final String words;
  private final Map<String, Object> schema;
  private final boolean expands;
  private final Parser<T> parser;

  Scalar(Kind kind, String words, Map<String, Object> schema, boolean expands, Parser<T> parser) {
    this.kind = kind;
    this.words = words;
    this.schema = schema;
    this.expands = expands;
    this.parser = parser;
  }

  @Override
  public Optional<T> read(Tree tree, String path, Reading reading) {
    if (!(tree instanceof Tree.Text scalar)) {
      if (!(tree instanceof Tree.Unreadable)) {
        reading.error(path, tree.line(), "must be one value: " + words);
      }
      return Optional.empty();
    }
    try {
      return Optional.of(parse(scalar, reading));
    } catch (IllegalArgumentException wrong) {
      reading.error(path, tree.line(), String.valueOf(wrong.getMessage()));
      return Optional.empty();
    }
  }

  /** The value of a default, which needs no surroundings. */
  T parseDefault(String text) {
    return parser.parse(text, new Reading(Path.of("/"), name -> Optional.empty()));
  }

  T parse(String text, Reading reading) {
    return parser.parse(text, reading);
  }

  private T parse(Tree.Text scalar, Reading reading) {
    String text = scalar.text();
    refuseOtherKind(scalar);
    if (text.contains("${")) {
      if (!expands) {
        throw new IllegalArgumentException("${…} is not expanded here");
      }
      text = expand(text, reading);
    }
    return parser.parse(text, reading);
  }

  private void refuseOtherKind(Tree.Text scalar) {
    boolean integer = scalar.plain() && INTEGER.matcher(scalar.text()).matches();
    boolean bool = scalar.plain() && BOOLEAN.matcher(scalar.text()).matches();
    if (scalar.plain() && NULL.matcher(scalar.text()).matches()) {
      throw new IllegalArgumentException("has no value; must be " + words);
    }
    boolean fits =
        switch (kind) {
          case INTEGER -> integer;
          case BOOLEAN -> bool;
          case TEXT_OR_INTEGER -> !bool;
          case TEXT -> !integer && !bool && !(scalar.plain() && isFloat(scalar.text()));
        };
    if (!fits) {
      throw new IllegalArgumentException(
          "must be " + words + (kind == Kind.TEXT ? " (text that looks otherwise is quoted)" : ""));
    }
  }

  private static boolean isFloat(String text) {
    return FLOAT.matcher(text).matches();
  }

  private static String expand(String text, Reading reading) {
    Matcher variable = VARIABLE.matcher(text);
    StringBuilder out = new StringBuilder();
    while (variable.find()) {
      String name = variable.group(1);
      if (!VARIABLE_NAME.matcher(name).matches() || !variable.group().endsWith("}")) {
        throw new IllegalArgumentException("${…} must hold the name of an environment variable");
      }
      String value =
          reading
              .variable(name)
              .orElseThrow(
                  () -> new IllegalArgumentException("environment variable not set: " + name));
      variable.appendReplacement(out, Matcher.quoteReplacement(value));
    }
    return variable.appendTail(out).toString();
  }

  @Override
  public Map<String, Object> schema() {
    Map<String, Object> own = new LinkedHashMap<>();
    own.put(
        "type",
        switch (kind) {
          case TEXT -> "string";
          case INTEGER -> "integer";
          case BOOLEAN -> "boolean";
          case TEXT_OR_INTEGER -> List.of("string", "integer");
        });
    own.putAll(new TreeMap<>(schema));
    if (!expands || !own.containsKey("pattern")) {
      return own;
    }
    // A variable may stand for any part, so that the pattern binds only where there is none.
    own.put("pattern", "\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}|" + own.get("pattern"));
    return own;
  }

  @Override
  public String words() {
    return words + (expands ? "; `${ENV}` is expanded" : "");
  }

  @Override
  public String canonical(T value) {
    return value.toString();
  }
}
