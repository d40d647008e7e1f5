package dev.leasehold.experiments;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request that a proxy has to read in one way only, or refuse.
 *
 * @param reach how many whole requests may arrive at the target
 * @param where the doors that it is sent to
 * @param text as it stands in the file, escaped and with place-holders
 */
record Payload(String name, int reach, String where, String text) {
  private static final Pattern LINE = Pattern.compile("(\\S+)\\s+(\\d)\\s+(\\S+)\\s+(.*)");
  private static final Pattern REPEATED = Pattern.compile("\\{((?:[^{}*\\\\]|\\\\.)+)\\*(\\d+)\\}");
  private static final Pattern ESCAPE = Pattern.compile("\\\\(?:x([0-9a-f]{2})|(.))");

  static List<Payload> all() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Payload.class.getResourceAsStream("payloads.txt"))) {
      return new String(in.readAllBytes(), UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(Payload::parse)
          .toList();
    }
  }

  private static Payload parse(String line) {
    Matcher parts = LINE.matcher(line);
    if (!parts.matches()) {
      throw new IllegalArgumentException("no payload: " + line);
    }
    return new Payload(
        parts.group(1), Integer.parseInt(parts.group(2)), parts.group(3), parts.group(4));
  }

  boolean isFor(Door door) {
    return where.equals("all") ? door != Door.PROXY : where.equals(door.word());
  }

  /**
   * The bytes, one char each.
   *
   * @param id of this case, which stands in each of its paths
   */
  String bytes(Place place, int id) {
    String own = place.base() + "/ok/" + id;
    String filled =
        unescaped(text)
            .replace("{NEXT}", "GET {I} HTTP/1.1\r\n{F}\r\n")
            .replace("{LAST}", "GET {U} HTTP/1.1\r\n{F}Connection: close\r\n\r\n")
            .replace("{F}", "Host: {H}\r\n" + place.naming())
            .replace("{T}", place.naming())
            .replace("{U}", own)
            .replace("{I}", own + "/inner")
            .replace("{D}", place.base() + "/denied/" + id)
            .replace("{H}", place.host())
            .replace("{C}", place.tunnel());
    Matcher repeated = REPEATED.matcher(filled);
    return repeated.replaceAll(
        found -> Matcher.quoteReplacement(found.group(1).repeat(Integer.parseInt(found.group(2)))));
  }

  private static String unescaped(String text) {
    return ESCAPE
        .matcher(text)
        .replaceAll(
            found -> {
              if (found.group(1) != null) {
                char c = (char) Integer.parseInt(found.group(1), 16);
                return Matcher.quoteReplacement(String.valueOf(c));
              }
              return switch (found.group(2)) {
                case "r" -> "\r";
                case "n" -> "\n";
                case "t" -> "\t";
                default -> Matcher.quoteReplacement(found.group(2));
              };
            });
  }

  /** By which of the ways a call comes in. */
  enum Door {
    PLAIN,
    TUNNEL,
    ENDPOINT,
    /** The proxy's port, with whatever the payload itself says of the rest. */
    PROXY;

    String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * What a request has to say at a door.
   *
   * @param base what stands before a path
   * @param host the value of Host
   * @param naming the line that names the task, or nothing
   * @param tunnel the authority of a CONNECT
   */
  record Place(String base, String host, String naming, String tunnel) {}
}
