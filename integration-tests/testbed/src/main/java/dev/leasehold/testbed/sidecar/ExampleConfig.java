package dev.leasehold.testbed.sidecar;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A configuration of {@code config-examples}, with one machine's values in the written ones' place.
 */
public final class ExampleConfig {
  private ExampleConfig() {}

  /**
   * The example's {@code config.yaml}.
   *
   * @param project the root of the checkout
   * @param example the name of its folder
   * @param values by what is written in the example; where one begins with another, the longer
   *     counts
   * @throws IllegalArgumentException when something is not written in the example
   */
  public static String adapt(Path project, String example, Map<String, String> values) {
    Path file = project.resolve("config-examples").resolve(example).resolve("config.yaml");
    try {
      return adapt(Files.readString(file), values);
    } catch (IOException absent) {
      throw new UncheckedIOException(absent);
    }
  }

  private static String adapt(String text, Map<String, String> values) {
    Set<String> left = new HashSet<>(values.keySet());
    String anyOfThem =
        values.keySet().stream()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .map(Pattern::quote)
            .collect(Collectors.joining("|"));
    StringBuilder adapted = new StringBuilder();
    Matcher written = Pattern.compile(anyOfThem).matcher(text);
    while (written.find()) {
      left.remove(written.group());
      written.appendReplacement(adapted, Matcher.quoteReplacement(values.get(written.group())));
    }
    if (!left.isEmpty()) {
      throw new IllegalArgumentException("not written in the example: " + left);
    }
    return written.appendTail(adapted).toString();
  }
}
