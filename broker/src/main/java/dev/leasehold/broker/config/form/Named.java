package dev.leasehold.broker.config.form;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A mapping whose keys are names that the writer chose.
 *
 * @param <T> of one value
 */
public final class Named<T> implements Shape<SequencedMap<String, Located<T>>> {
  private final String what;
  private final Pattern names;
  private final Shape<T> value;

  private Named(String what, Pattern names, Shape<T> value) {
    this.what = what;
    this.names = names;
    this.value = value;
  }

  /**
   * @param what a name stands for, such as {@code task kind}
   */
  public static <T> Named<T> of(String what, Pattern names, Shape<T> value) {
    return new Named<>(what, names, value);
  }

  @Override
  public Optional<SequencedMap<String, Located<T>>> read(Tree tree, String path, Reading reading) {
    if (!(tree instanceof Tree.Entries mapping)) {
      if (!(tree instanceof Tree.Unreadable)) {
        reading.error(path, tree.line(), "must map names (" + what + ") to their settings");
      }
      return Optional.empty();
    }
    if (mapping.entries().isEmpty()) {
      reading.error(path, tree.line(), "must not be empty");
    }
    SequencedMap<String, Located<T>> values = new LinkedHashMap<>();
    Map<String, Integer> lines = new TreeMap<>();
    for (Tree.Entry entry : mapping.entries()) {
      String at = path + "." + entry.key();
      Integer first = lines.putIfAbsent(entry.key(), entry.line());
      if (first != null) {
        reading.error(at, entry.line(), "defined twice; first in line " + first);
        continue;
      }
      if (!names.matcher(entry.key()).matches()) {
        reading.error(at, entry.line(), "the name of a " + what + " must match " + names);
      }
      value
          .read(entry.placed(), at, reading)
          .ifPresent(read -> values.put(entry.key(), new Located<>(read, at, entry.line())));
    }
    return Optional.of(values);
  }

  @Override
  public Map<String, Object> schema() {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("minProperties", 1);
    schema.put("propertyNames", Map.of("pattern", "^(" + names + ")$"));
    schema.put("additionalProperties", value.schema());
    return schema;
  }

  @Override
  public String words() {
    return "mapping of names (" + what + ")";
  }

  /** The order of names means nothing. */
  @Override
  public String canonical(SequencedMap<String, Located<T>> values) {
    StringBuilder text = new StringBuilder("{");
    new TreeMap<>(values)
        .forEach(
            (name, located) ->
                text.append(name).append('=').append(value.canonical(located.value())).append(';'));
    return text.append('}').toString();
  }

  Shape<T> value() {
    return value;
  }
}
