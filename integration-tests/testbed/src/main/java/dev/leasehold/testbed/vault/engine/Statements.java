package dev.leasehold.testbed.vault.engine;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** SQL templates, filled in and taken apart into single statements. */
record Statements(List<String> templates) {

  Statements {
    templates = List.copyOf(templates);
  }

  boolean isEmpty() {
    return templates.isEmpty();
  }

  /** Each statement with every {@code {{key}}} replaced. */
  List<String> filled(Map<String, String> values) {
    return templates.stream()
        .flatMap(Statements::single)
        .map(String::strip)
        .filter(statement -> !statement.isEmpty())
        .map(statement -> fill(statement, values))
        .toList();
  }

  /** A block in dollar quotes has semicolons of its own and stays whole. */
  private static Stream<String> single(String template) {
    return template.contains("$$") ? Stream.of(template) : Stream.of(template.split(";", -1));
  }

  private static String fill(String statement, Map<String, String> values) {
    String filled = statement;
    for (Map.Entry<String, String> value : values.entrySet()) {
      filled = filled.replace("{{" + value.getKey() + "}}", value.getValue());
    }
    return filled;
  }
}
