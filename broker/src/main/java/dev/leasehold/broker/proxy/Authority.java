package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.HostName;
import dev.leasehold.broker.policy.Call;
import java.net.Inet6Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Host and port as an agent writes them (RFC 3986 §3.2), read narrowly: a {@link HostName} and
 * nothing besides, no user, no escapes. What is unusual is refused, never repaired.
 *
 * @param host lower case; an address without brackets
 * @param port the explicit one, or {@link Call#ANY_PORT}
 */
record Authority(String host, int port) {
  /** Null when it is none. */
  static @Nullable Authority parse(String text) {
    if (text.startsWith("[")) {
      return bracketed(text);
    }
    int colon = text.indexOf(':');
    String name = HostName.name(colon < 0 ? text : text.substring(0, colon));
    int port = colon < 0 ? Call.ANY_PORT : port(text, colon + 1);
    return port == 0 || name == null ? null : new Authority(name, port);
  }

  private static @Nullable Authority bracketed(String text) {
    int close = text.indexOf(']');
    if (close < 0) {
      return null;
    }
    boolean bare = close == text.length() - 1;
    if (!bare && text.charAt(close + 1) != ':') {
      return null;
    }
    String address = HostName.ipv6(text.substring(1, close));
    int port = bare ? Call.ANY_PORT : port(text, close + 2);
    return port == 0 || address == null ? null : new Authority(address, port);
  }

  /** 0 when it is none. */
  private static int port(String text, int from) {
    int length = text.length() - from;
    if (length < 1 || length > 5 || text.charAt(from) == '0') {
      return 0;
    }
    int port = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return 0;
      }
      port = port * 10 + (c - '0');
    }
    return port > 65535 ? 0 : port;
  }

  boolean hasPort() {
    return port != Call.ANY_PORT;
  }

  /** As a CONNECT writes it. */
  @Override
  public String toString() {
    String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return hasPort() ? name + ":" + port : name;
  }

  /** Whether both mean the same place for a scheme with that default port. */
  boolean sameAs(Authority other, int defaultPort) {
    int one = port == Call.ANY_PORT ? defaultPort : port;
    int two = other.port == Call.ANY_PORT ? defaultPort : other.port;
    return one == two && host.equals(other.host);
  }

  /** An address as it stands in a URL. */
  static String literal(InetAddress address) {
    String text = address.getHostAddress();
    if (!(address instanceof Inet6Address)) {
      return text;
    }
    return text.equals("0:0:0:0:0:0:0:1") ? "[::1]" : "[" + text + "]";
  }
}
