package dev.leasehold.broker.control;

import dev.leasehold.broker.telemetry.Problem;
import io.vertx.core.MultiMap;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Keeps browsers out, whose pages anybody may write: DNS rebinding shows in {@code Host}, a foreign
 * page in {@code Origin} and the {@code Sec-Fetch-*} headers, which scripts cannot forge. No
 * program that has business here sends the latter two, so their presence alone refuses, whatever
 * they hold.
 */
final class BrowserGuard {
  private final Set<String> ownHosts;

  private BrowserGuard(Set<String> ownHosts) {
    this.ownHosts = ownHosts;
  }

  /** For the loopback address that was bound. */
  static BrowserGuard onAddress(InetSocketAddress bound) {
    String address = bound.getAddress().getHostAddress();
    String literal =
        bound.getAddress() instanceof Inet6Address ? "[" + shortest(address) + "]" : address;
    int port = bound.getPort();
    return new BrowserGuard(
        port == 80
            ? Set.of(literal, "localhost", literal + ":80", "localhost:80")
            : Set.of(literal + ":" + port, "localhost:" + port));
  }

  /** For the socket, where no browser can be: Host is free, the rest is checked all the same. */
  static BrowserGuard onSocket() {
    return new BrowserGuard(Set.of());
  }

  /** Refuses what a browser may have sent, before anything else is looked at. */
  void check(MultiMap headers) {
    List<String> hosts = headers.getAll("Host");
    if (hosts.size() > 1) {
      throw new Refused(Problem.AMBIGUOUS_REQUEST, "there is more than one Host");
    }
    if (!ownHosts.isEmpty()
        && (hosts.isEmpty() || !ownHosts.contains(hosts.getFirst().toLowerCase(Locale.ROOT)))) {
      throw refused("Host is not this listener's own");
    }
    if (headers.contains("Origin")) {
      throw refused("requests of web pages are not served");
    }
    for (String name : headers.names()) {
      if (name.regionMatches(true, 0, "Sec-Fetch-Site", 0, 14)
          || name.regionMatches(true, 0, "Access-Control-", 0, 15)) {
        throw refused("requests of web pages are not served");
      }
    }
  }

  private static Refused refused(String detail) {
    return Refused.forbidden(detail, "control.address", "browsers have no business here");
  }

  private static String shortest(String address) {
    return address.equals("0:0:0:0:0:0:0:1") ? "::1" : address;
  }
}
