package dev.leasehold.broker.config.keys;

import dev.leasehold.broker.destination.CanonicalPath;
import dev.leasehold.broker.destination.Target;
import dev.leasehold.broker.destination.Target.Scheme;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The {@code url} of a destination. Read by hand and narrowly: what a general URL may hold besides
 * (user, query, fragment, escapes in the host) has no place in one.
 *
 * @param path canonical, {@code /} for none; of a database: {@code /} and its name
 */
public record DestinationUrl(Target target, String path) {
  static final String PATTERN = "(https?|postgresql)://[^/@?#\\s]+(/[^?#\\s]*)?";

  private static final Pattern PARTS =
      Pattern.compile("(https?|postgresql)://(\\[[0-9a-fA-F:.]+]|[^/:]+)(?::([0-9]{1,5}))?(/.*)?");
  private static final Pattern HOST =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*");
  private static final Pattern DATABASE = Pattern.compile("/[A-Za-z0-9_.-]{1,63}");

  static DestinationUrl parse(String text) {
    Matcher parts = PARTS.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "must be scheme://host[:port][/path] with scheme http, https or postgresql, and neither"
              + " user, query nor fragment");
    }
    Scheme scheme = Scheme.valueOf(parts.group(1).toUpperCase(Locale.ROOT));
    String host = host(parts.group(2));
    int port = parts.group(3) == null ? scheme.defaultPort() : Integer.parseInt(parts.group(3));
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("the port must be 1 to 65535");
    }
    String path = parts.group(4) == null ? "/" : parts.group(4);
    if (scheme == Scheme.POSTGRESQL) {
      if (!DATABASE.matcher(path).matches()) {
        throw new IllegalArgumentException(
            "a postgresql URL ends in /database (letters, digits, '_', '.', '-')");
      }
    } else if (!(CanonicalPath.parse(path, false) instanceof CanonicalPath.Result.Canonical same)
        || !same.path().text().equals(path)) {
      throw new IllegalArgumentException("the path is not canonical");
    }
    return new DestinationUrl(new Target(scheme, host, port), path);
  }

  private static String host(String written) {
    if (written.startsWith("[")) {
      String literal = written.substring(1, written.length() - 1);
      return java.net.InetAddress.ofLiteral(literal).getHostAddress();
    }
    String host = written.toLowerCase(Locale.ROOT);
    if (host.endsWith(".") || !HOST.matcher(host).matches()) {
      throw new IllegalArgumentException(
          "the host must be a name (letters, digits, '-', without a last dot) or an IP address");
    }
    // A name that ends in a number is read as an IPv4 address by some, in many spellings.
    if (host.matches("(.*\\.)?[0-9]+") && !isDottedQuad(host)) {
      throw new IllegalArgumentException("an IPv4 address has four decimal numbers");
    }
    return host;
  }

  private static boolean isDottedQuad(String host) {
    return host.matches("((25[0-5]|2[0-4][0-9]|1?[1-9]?[0-9])(\\.(?!$)|$)){4}");
  }
}
