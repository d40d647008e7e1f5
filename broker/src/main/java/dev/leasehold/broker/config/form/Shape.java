package dev.leasehold.broker.config.form;

import java.util.Map;
import java.util.Optional;

/**
 * What may stand at one place of a document, and what it becomes.
 *
 * @param <T> what a reader gets
 */
public sealed interface Shape<T> permits Scalar, Items, Named, Section.Form, Anything {
  /**
   * Reads {@code tree}; empty when it is wrong, with the reason among the errors of {@code
   * reading}.
   */
  Optional<T> read(Tree tree, String path, Reading reading);

  /** As JSON Schema (draft 2020-12): maps, lists, strings, numbers and booleans. */
  Map<String, Object> schema();

  /** In a few words, for the reference page. */
  String words();

  /** A text that is the same for two values that mean the same. */
  String canonical(T value);
}
