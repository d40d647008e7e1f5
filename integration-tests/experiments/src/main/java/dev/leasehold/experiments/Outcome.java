package dev.leasehold.experiments;

import io.vertx.core.json.JsonObject;

/**
 * What was counted.
 *
 * @param n attempts
 * @param value the figure that decides
 * @param threshold in words, such as {@code = 0}
 * @param pass whether the value keeps to the threshold
 * @param caught whether the same count saw the fault of the negative control
 * @param detail more figures, for the page
 */
record Outcome(
    long n,
    double value,
    String unit,
    String threshold,
    boolean pass,
    boolean caught,
    String detail) {

  /** Nothing of the kind may happen at all. */
  static Outcome none(long n, long value, String unit, boolean caught, String detail) {
    return new Outcome(n, value, unit, "= 0", value == 0, caught, detail);
  }

  static Outcome atMost(
      long n, double value, String unit, double most, boolean caught, String detail) {
    return new Outcome(n, value, unit, "<= " + text(most), value <= most, caught, detail);
  }

  /** The same, but failed whatever the value is, where {@code faults} is not zero. */
  Outcome failedBy(long faults) {
    return new Outcome(n, value, unit, threshold, pass && faults == 0, caught, detail);
  }

  boolean good() {
    return pass && caught;
  }

  String json(String id, long seed, String servers) {
    return new JsonObject()
        .put("id", id)
        .put("n", n)
        .put("value", Double.parseDouble(text(value)))
        .put("unit", unit)
        .put("threshold", threshold)
        .put("pass", pass)
        .put("control", caught ? "caught" : "missed")
        .put("seed", seed)
        .put("servers", servers)
        .encode();
  }

  static String text(double value) {
    return value == Math.rint(value)
        ? Long.toString((long) value)
        : String.format(java.util.Locale.ROOT, "%.1f", value);
  }
}
