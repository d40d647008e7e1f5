package dev.leasehold.broker.config.keys;

import dev.leasehold.broker.destination.CanonicalPath;
import dev.leasehold.broker.destination.HostName;
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
      Pattern.compile("(https?|postgresql)://(\\[[^/\\]]*]|[^/:]+)(?::([1-9][0-9]{0,4}))?(/.*)?");
  private static final Pattern DATABASE = Pattern.compile("/[A-Za-z0-9_.-]{1,63}");

  static DestinationUrl parse(String text) {
    Matcher parts = PARTS.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "must be scheme://host[:port][/path] with scheme http, https or postgresql, and neither"
              + " user, query nor fragment; a port is a number from 1 to 65535");
    }
    Scheme scheme = Scheme.valueOf(parts.group(1).toUpperCase(Locale.ROOT));
    String host = host(parts.group(2));
    int port = parts.group(3) == null ? scheme.defaultPort() : Integer.parseInt(parts.group(3));
    if (port > 65535) {
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
    boolean bracketed = written.startsWith("[");
    String host =
        bracketed
            ? HostName.ipv6(written.substring(1, written.length() - 1))
            : HostName.name(written);
    if (host == null) {
      throw new IllegalArgumentException(
          bracketed
              ? "the host in brackets must be an IPv6 address without a zone"
              : "the host must be a name (letters, digits, '-', without a last dot; an"
                  + " international one in its form of xn--…) or an IPv4 address of four decimal"
                  + " numbers");
    }
    return host;
  }
}
