package dev.leasehold.broker.control;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The forms of the API's texts. */
final class Texts {
  private static final Pattern LABEL_NAME = Pattern.compile("[a-z0-9][a-z0-9._/-]{0,62}");
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

  private Texts() {}

  /** Refuses what is empty, blank or too long, and characters that could forge another line. */
  static void refuseBad(String what, String text, int maxBytes) {
    if (text.isBlank()) {
      throw Refused.invalid(what + " is empty");
    }
    if (text.length() > maxBytes || text.getBytes(StandardCharsets.UTF_8).length > maxBytes) {
      throw Refused.invalid(what + " is longer than " + maxBytes + " bytes");
    }
    if (text.codePoints().anyMatch(Texts::isForbidden)) {
      throw Refused.invalid(what + " has a control character");
    }
  }

  static void refuseBadLabelName(String what, String name) {
    if (!LABEL_NAME.matcher(name).matches()) {
      throw Refused.invalid(
          what
              + " must be 1 to 63 of a-z, 0-9, '.', '_', '/', '-', and begin with a letter or"
              + " digit");
    }
  }

  /**
   * A duration as the configuration writes it, e.g. {@code 90s}; empty when it has no such form.
   */
  static Optional<Duration> duration(String text) {
    Matcher form = DURATION.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    long amount = Long.parseLong(form.group(1));
    return Optional.of(
        switch (form.group(2)) {
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          case "h" -> Duration.ofHours(amount);
          default -> Duration.ofDays(amount);
        });
  }

  private static boolean isForbidden(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> isBidirectionalControl(codePoint);
    };
  }

  /** These reorder what a reader of the audit log sees. */
  private static boolean isBidirectionalControl(int codePoint) {
    return codePoint >= 0x202a && codePoint <= 0x202e || codePoint >= 0x2066 && codePoint <= 0x2069;
  }
}
