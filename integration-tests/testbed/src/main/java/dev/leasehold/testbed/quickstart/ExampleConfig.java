package dev.leasehold.testbed.quickstart;

import java.util.Map;

/** Puts one machine's values in the places of those that the example was written with. */
final class ExampleConfig {
  private ExampleConfig() {}

  /**
   * @throws IllegalArgumentException when a value does not stand in the example exactly once
   */
  static String adapt(String example, Map<String, String> values) {
    String adapted = example;
    for (Map.Entry<String, String> value : values.entrySet()) {
      int at = example.indexOf(value.getKey());
      if (at < 0 || example.indexOf(value.getKey(), at + 1) >= 0) {
        throw new IllegalArgumentException("not exactly once in the example: " + value.getKey());
      }
      adapted = adapted.replace(value.getKey(), value.getValue());
    }
    return adapted;
  }
}
