package dev.leasehold.broker.config.form;

import java.util.Optional;

/**
 * One key of a section: a line of the key table.
 *
 * @param name as written in YAML
 * @param shape what may stand there
 * @param required whether it must be written
 * @param defaultText what it means when it is absent; empty: nothing
 * @param doc one sentence for the schema and the reference page
 * @param available false for a key that is known but whose feature this version lacks: it is
 *     checked and then refused by name
 */
public record Key<T>(
    String name,
    Shape<T> shape,
    boolean required,
    Optional<String> defaultText,
    String doc,
    boolean available) {

  public static <T> Key<T> required(String name, Shape<T> shape, String doc) {
    return new Key<>(name, shape, true, Optional.empty(), doc, true);
  }

  public static <T> Key<T> optional(String name, Shape<T> shape, String doc) {
    return new Key<>(name, shape, false, Optional.empty(), doc, true);
  }

  /** A key with a default that its shape can read. */
  public static <T> Key<T> defaulted(String name, Scalar<T> shape, String text, String doc) {
    return new Key<>(name, shape, false, Optional.of(text), doc, true);
  }

  /** A key whose feature is not there yet. */
  public static <T> Key<T> later(String name, Shape<T> shape, String doc) {
    return new Key<>(name, shape, false, Optional.empty(), doc, false);
  }

  /** The default as a value, where there is one. */
  Optional<T> defaultValue() {
    return defaultText.flatMap(
        text ->
            shape instanceof Scalar<T> scalar
                ? Optional.of(scalar.parseDefault(text))
                : Optional.empty());
  }
}
