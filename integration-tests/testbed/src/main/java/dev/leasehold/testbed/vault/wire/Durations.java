package dev.leasehold.testbed.vault.wire;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Vault takes them: seconds as a number or a string of units, as in {@code 1h30m}. */
public final class Durations {
  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|[smhd])");

  private Durations() {}

  public static Duration parse(Object value) {
    if (value instanceof Number seconds) {
      return Duration.ofSeconds(seconds.longValue());
    }
    String text = value.toString().strip();
    if (text.isEmpty()) {
      return Duration.ZERO;
    }
    if (text.chars().allMatch(Character::isDigit)) {
      return Duration.ofSeconds(Long.parseLong(text));
    }
    Duration sum = Duration.ZERO;
    Matcher part = PART.matcher(text);
    int at = 0;
    while (part.find() && part.start() == at) {
      sum = sum.plusMillis((long) (Double.parseDouble(part.group(1)) * millis(part.group(2))));
      at = part.end();
    }
    if (at != text.length()) {
      throw Refusal.badRequest("error converting input for field: time: invalid duration " + text);
    }
    return sum;
  }

  /** As Vault writes them in warnings: {@code 1m30s}, {@code 768h}. */
  public static String text(Duration duration) {
    StringBuilder text = new StringBuilder();
    append(text, duration.toHours(), "h");
    append(text, duration.toMinutesPart(), "m");
    append(text, duration.toSecondsPart(), "s");
    return text.isEmpty() ? "0s" : text.toString();
  }

  private static void append(StringBuilder text, long count, String unit) {
    if (count > 0) {
      text.append(count).append(unit);
    }
  }

  private static long millis(String unit) {
    return switch (unit.toLowerCase(Locale.ROOT)) {
      case "ms" -> 1;
      case "s" -> 1_000;
      case "m" -> 60_000;
      case "h" -> 3_600_000;
      default -> 86_400_000;
    };
  }
}
