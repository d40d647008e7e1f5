package dev.leasehold.broker.ca;

import java.net.InetAddress;

/** A host is a lower-case name or an address without brackets, as a target has it. */
final class Hosts {
  private Hosts() {}

  /** A name never ends in a number: the configuration refuses it. */
  static boolean isAddress(String host) {
    char last = host.charAt(host.length() - 1);
    return host.indexOf(':') >= 0 || last >= '0' && last <= '9' && host.matches("[0-9.]+");
  }

  static InetAddress address(String literal) {
    return InetAddress.ofLiteral(literal);
  }
}
