package dev.leasehold.broker.destination;

import java.util.regex.Pattern;

/**
 * The one concrete place of one call: parsed once, never changed.
 *
 * @param host lower-case LDH name or IP literal without brackets
 * @param port 1 to 65535, always explicit
 */
public record Target(Scheme scheme, String host, int port) {
  /** The schemes that Leasehold speaks to a target. */
  public enum Scheme {
    HTTP("http", 80),
    HTTPS("https", 443),
    POSTGRESQL("postgresql", 5432);

    private final String word;
    private final int defaultPort;

    Scheme(String word, int defaultPort) {
      this.word = word;
      this.defaultPort = defaultPort;
    }

    public String word() {
      return word;
    }

    public int defaultPort() {
      return defaultPort;
    }
  }

  private static final Pattern IPV6 = Pattern.compile("(?=.*:.*:)[0-9a-f:.]+");

  public Target {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port out of range");
    }
    if (!host.equals(HostName.name(host)) && !IPV6.matcher(host).matches()) {
      throw new IllegalArgumentException("neither a lower-case host name nor an IP literal");
    }
  }

  /** The Host header's value: the port is left out where it is the scheme's own. */
  public String authority() {
    String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == scheme.defaultPort() ? name : name + ":" + port;
  }

  /** The origin, for people. */
  @Override
  public String toString() {
    return scheme.word() + "://" + authority();
  }
}
