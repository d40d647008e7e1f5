package dev.leasehold.broker.config.form;

import java.util.List;

/** A YAML document as written, each piece with its line (from 1). */
public sealed interface Tree {
  int line();

  /**
   * A scalar.
   *
   * @param plain written without quotes, so that {@code true}, {@code 5} and {@code null} are not
   *     text
   */
  record Text(String text, boolean plain, int line) implements Tree {}

  /** A sequence. */
  record Items(List<Tree> items, int line) implements Tree {}

  /** A mapping, in the order written, duplicates included. */
  record Entries(List<Entry> entries, int line) implements Tree {}

  /** Something that was already reported. */
  record Unreadable(int line) implements Tree {}

  /** One key of a mapping; {@code line} is the key's. */
  record Entry(String key, int line, Tree value) {
    /** The value; of a mapping people say that it stands where its key does. */
    Tree placed() {
      return value instanceof Entries(List<Entry> entries, int ignored)
          ? new Entries(entries, line)
          : value;
    }
  }
}
