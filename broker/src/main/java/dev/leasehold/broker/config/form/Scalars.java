package dev.leasehold.broker.config.form;

import dev.leasehold.broker.config.form.Scalar.Kind;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The sorts of single values that more than one section uses. */
public final class Scalars {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,12})(KiB|MiB|GiB)?");

  private Scalars() {}

  /** Text that a constructor or a parser of its own checks. */
  public static <T> Scalar<T> text(String words, Function<String, T> parser) {
    return new Scalar<>(
        Kind.TEXT, words, Map.of("minLength", 1), false, (text, reading) -> parser.apply(text));
  }

  /** The same, where no text is text as well. */
  public static <T> Scalar<T> anyText(String words, Function<String, T> parser) {
    return new Scalar<>(Kind.TEXT, words, Map.of(), false, (text, reading) -> parser.apply(text));
  }

  /** Text of a pattern that the JSON Schema can say as well. */
  public static <T> Scalar<T> text(String words, String pattern, Function<String, T> parser) {
    return matching(words, pattern, false, parser);
  }

  /** The same, in which <code>${ENV}</code> is expanded. */
  public static <T> Scalar<T> expandedText(
      String words, String pattern, Function<String, T> parser) {
    return matching(words, pattern, true, parser);
  }

  private static <T> Scalar<T> matching(
      String words, String pattern, boolean expands, Function<String, T> parser) {
    Pattern compiled = Pattern.compile(pattern);
    return new Scalar<>(
        Kind.TEXT,
        words,
        Map.of("pattern", "^(" + pattern + ")$"),
        expands,
        (text, reading) -> {
          if (!compiled.matcher(text).matches()) {
            throw new IllegalArgumentException("must be " + words);
          }
          return parser.apply(text);
        });
  }

  /** One line of text for people. */
  public static Scalar<String> line(String words) {
    return matching(words, "[^\\x00-\\x1f\\x7f]{1,256}", false, UnaryOperator.identity());
  }

  /** {@code true} or {@code false}. */
  public static Scalar<Boolean> flag() {
    return new Scalar<>(
        Kind.BOOLEAN,
        "true or false",
        Map.of(),
        false,
        (text, reading) -> {
          if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException("must be true or false");
          }
          return Boolean.valueOf(text);
        });
  }

  /** A switch that can only be turned on. */
  public static Scalar<Boolean> onlyTrue() {
    return new Scalar<>(
        Kind.BOOLEAN,
        "true",
        Map.of("const", true),
        false,
        (text, reading) -> {
          if (!text.equals("true")) {
            throw new IllegalArgumentException("can only be true; leave the key out instead");
          }
          return true;
        });
  }

  public static Scalar<Integer> integer(int least, int most) {
    String words = "a whole number from " + least + " to " + most;
    return new Scalar<>(
        Kind.INTEGER,
        words,
        Map.of("minimum", least, "maximum", most),
        false,
        (text, reading) -> {
          if (!text.matches("[0-9]{1,10}")
              || Long.parseLong(text) < least
              || Long.parseLong(text) > most) {
            throw new IllegalArgumentException("must be " + words);
          }
          return Integer.valueOf(text);
        });
  }

  /** {@code 100ms}, {@code 90s}, {@code 10m}, {@code 2h} or {@code 7d}, both bounds included. */
  public static Scalar<Duration> duration(Duration least, Duration most) {
    String words = "a duration from " + words(least) + " to " + words(most) + ", such as 90s";
    return new Scalar<>(
        Kind.TEXT,
        words,
        Map.of("pattern", "^(" + DURATION + ")$"),
        false,
        (text, reading) -> duration(text, least, most, words));
  }

  private static Duration duration(String text, Duration least, Duration most, String words) {
    Matcher parts = DURATION.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("must be " + words);
    }
    long number = Long.parseLong(parts.group(1));
    Duration duration =
        switch (parts.group(2)) {
          case "ms" -> Duration.ofMillis(number);
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          default -> Duration.ofDays(number);
        };
    if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
      throw new IllegalArgumentException("must be " + words);
    }
    return duration;
  }

  /** A duration or one word with a meaning of its own, which becomes {@code meaning}. */
  public static Scalar<Duration> durationOr(
      String word, Duration meaning, Duration least, Duration most) {
    String words =
        word + " or a duration from " + words(least) + " to " + words(most) + ", such as 90s";
    return new Scalar<>(
        Kind.TEXT,
        words,
        Map.of("pattern", "^(" + word + "|" + DURATION + ")$"),
        false,
        (text, reading) -> text.equals(word) ? meaning : duration(text, least, most, words));
  }

  /** Bytes, or {@code 8KiB}, {@code 1MiB}, {@code 1GiB}. */
  public static Scalar<Long> size(long least, long most) {
    String words = "a size from " + least + " to " + most + " bytes, such as 16KiB";
    return new Scalar<>(
        Kind.TEXT_OR_INTEGER,
        words,
        Map.of("minimum", least, "maximum", most, "pattern", "^(" + SIZE + ")$"),
        false,
        (text, reading) -> size(text, least, most, words));
  }

  /** A size, or {@code none}, which becomes {@link Long#MAX_VALUE}. */
  public static Scalar<Long> sizeOrNone(long least) {
    String words = "none or a size in bytes, such as 10MiB";
    return new Scalar<>(
        Kind.TEXT_OR_INTEGER,
        words,
        Map.of("minimum", least, "pattern", "^(none|" + SIZE + ")$"),
        false,
        (text, reading) ->
            text.equals("none") ? Long.MAX_VALUE : size(text, least, Long.MAX_VALUE, words));
  }

  private static long size(String text, long least, long most, String words) {
    Matcher parts = SIZE.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("must be " + words);
    }
    long bytes = Long.parseLong(parts.group(1));
    String unit = String.valueOf(parts.group(2));
    int shift = unit.equals("KiB") ? 10 : unit.equals("MiB") ? 20 : unit.equals("GiB") ? 30 : 0;
    if (bytes << shift >> shift != bytes || bytes << shift < least || bytes << shift > most) {
      throw new IllegalArgumentException("must be " + words);
    }
    return bytes << shift;
  }

  /** RFC 3339 in UTC. */
  public static Scalar<Instant> time() {
    String words = "a time in UTC such as 2030-01-31T00:00:00Z";
    return matching(
        words,
        "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?Z",
        false,
        text -> {
          try {
            return Instant.parse(text);
          } catch (DateTimeParseException wrong) {
            throw new IllegalArgumentException("must be " + words, wrong);
          }
        });
  }

  /** The same, or a date alone, which means the end of that day. */
  public static Scalar<Instant> dayOrTime() {
    String words = "a date such as 2030-01-31, or a time in UTC such as 2030-01-31T00:00:00Z";
    return matching(
        words,
        "[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?Z)?",
        false,
        text -> {
          try {
            return text.length() == 10
                ? LocalDate.parse(text).plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant()
                : Instant.parse(text);
          } catch (DateTimeParseException wrong) {
            throw new IllegalArgumentException("must be " + words, wrong);
          }
        });
  }

  /** The constants of an enum by their names in lower case with hyphens, or some of them. */
  public static <E extends Enum<E>> Scalar<E> word(List<E> constants) {
    List<String> names = constants.stream().map(Scalars::wordOf).toList();
    return word(names, name -> constants.get(names.indexOf(name)));
  }

  /** One of some texts. */
  public static <T> Scalar<T> word(List<String> names, Function<String, T> parser) {
    String words = "one of: " + String.join(", ", names);
    return new Scalar<>(
        Kind.TEXT,
        words,
        Map.of("enum", names),
        false,
        (text, reading) -> {
          if (!names.contains(text)) {
            String hint = names.size() == 1 ? "" : Nearest.hint(text, names);
            throw new IllegalArgumentException("must be " + words + hint);
          }
          return parser.apply(text);
        });
  }

  private static String wordOf(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** A file or folder; a relative one is below the configuration file's folder. */
  public static Scalar<Path> path(String words) {
    return new Scalar<>(
        Kind.TEXT, words, Map.of("pattern", "^.+$"), true, (text, reading) -> path(text, reading));
  }

  /** {@code file:PATH}: what is not written into a configuration but read from a file. */
  public static Scalar<Path> file(String what) {
    String words = "file:/path of " + what;
    return new Scalar<>(
        Kind.TEXT,
        words,
        Map.of("pattern", "^file:.+$"),
        true,
        (text, reading) -> {
          if (!text.startsWith("file:") || text.startsWith("file://")) {
            throw new IllegalArgumentException(
                "must be " + words + "; the value itself is never written here");
          }
          return path(text.substring("file:".length()), reading);
        });
  }

  /** {@code file:PATH}, or one word, which becomes nothing. */
  public static Scalar<Optional<Path>> fileOr(String word, String what) {
    Scalar<Path> file = file(what);
    return new Scalar<>(
        Kind.TEXT,
        word + " or file:/path of " + what,
        Map.of("pattern", "^(" + word + "|file:.+)$"),
        true,
        (text, reading) ->
            text.equals(word) ? Optional.empty() : Optional.of(file.parse(text, reading)));
  }

  private static Path path(String text, Reading reading) {
    try {
      if (text.isEmpty() || text.contains("\n")) {
        throw new IllegalArgumentException("must be a path");
      }
      return reading.resolve(text);
    } catch (InvalidPathException wrong) {
      throw new IllegalArgumentException("must be a path", wrong);
    }
  }

  private static String words(Duration duration) {
    long millis = duration.toMillis();
    if (millis == 0) {
      return "0s";
    }
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    }
    return seconds % 3600 == 0
        ? seconds / 3600 + "h"
        : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
