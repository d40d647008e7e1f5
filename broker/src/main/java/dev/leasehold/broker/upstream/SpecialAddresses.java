package dev.leasehold.broker.upstream;

import dev.leasehold.broker.destination.AddressRange;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that are not the public internet (IANA's special-purpose registries, RFC 6890), with
 * the IPv6 forms that carry an IPv4 address inside. Of IPv6, only global unicast is public at all.
 */
final class SpecialAddresses {
  private record Named(AddressRange range, String name) {}

  private static final AddressRange GLOBAL_UNICAST = AddressRange.parse("2000::/3");

  private static final List<Named> RANGES =
      List.of(
          named("0.0.0.0/8", "this network"),
          named("10.0.0.0/8", "private"),
          named("100.64.0.0/10", "carrier-grade NAT"),
          named("127.0.0.0/8", "loopback"),
          // Public by its number, but every machine of that cloud reaches its own host there.
          named("168.63.129.16/32", "cloud platform"),
          named("169.254.0.0/16", "link-local or cloud metadata"),
          named("172.16.0.0/12", "private"),
          named("192.0.0.0/24", "protocol assignments"),
          named("192.0.2.0/24", "documentation"),
          named("192.88.99.0/24", "6to4 relay"),
          named("192.168.0.0/16", "private"),
          named("198.18.0.0/15", "benchmarking"),
          named("198.51.100.0/24", "documentation"),
          named("203.0.113.0/24", "documentation"),
          named("224.0.0.0/4", "multicast"),
          named("240.0.0.0/4", "reserved"),
          named("::/128", "unspecified"),
          named("::1/128", "loopback"),
          named("::/96", "IPv4-compatible"),
          named("::ffff:0:0:0/96", "IPv4-translated"),
          named("64:ff9b::/96", "NAT64"),
          named("64:ff9b:1::/48", "NAT64"),
          named("100::/64", "discard-only"),
          named("fc00::/7", "unique local"),
          named("fe80::/10", "link-local"),
          named("fec0::/10", "site-local"),
          named("ff00::/8", "multicast"),
          named("2001::/32", "Teredo"),
          named("2001::/23", "protocol assignments"),
          named("2001:db8::/32", "documentation"),
          named("2002::/16", "6to4"),
          named("3fff::/20", "documentation"));

  private SpecialAddresses() {}

  private static Named named(String range, String name) {
    return new Named(AddressRange.parse(range), name);
  }

  /** What is special about it; null for a public address. */
  static @Nullable String describe(InetAddress address) {
    for (Named special : RANGES) {
      if (special.range().contains(address)) {
        return special.name();
      }
    }
    boolean version6 = address.getAddress().length == 16;
    return version6 && !GLOBAL_UNICAST.contains(address) ? "not global unicast" : null;
  }
}
