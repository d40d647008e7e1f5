package dev.leasehold.broker.destination;

import java.net.InetAddress;
import java.util.Arrays;

/** A CIDR block, or one address (RFC 4632, RFC 4291). */
public final class AddressRange {
  private final byte[] network;
  private final int prefix;
  private final String text;

  private AddressRange(byte[] network, int prefix, String text) {
    this.network = network;
    this.prefix = prefix;
    this.text = text;
  }

  /**
   * Reads a CIDR block or a single address.
   *
   * @throws IllegalArgumentException with a message for the person who wrote it
   */
  public static AddressRange parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    // Four decimal numbers: what stands for fewer, or in another base, is read in several ways.
    if (!address.matches(
        "(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
      throw new IllegalArgumentException("not an IP address or CIDR block");
    }
    byte[] network;
    try {
      network = InetAddress.ofLiteral(address).getAddress();
    } catch (IllegalArgumentException notAnAddress) {
      throw new IllegalArgumentException("not an IP address or CIDR block", notAnAddress);
    }
    int bits = network.length * 8;
    int prefix = bits;
    if (slash >= 0) {
      String digits = text.substring(slash + 1);
      if (!digits.matches("[0-9]{1,3}") || Integer.parseInt(digits) > bits) {
        throw new IllegalArgumentException("prefix length must be 0 to " + bits);
      }
      prefix = Integer.parseInt(digits);
    }
    for (int bit = prefix; bit < bits; bit++) {
      if ((network[bit / 8] & 0x80 >> bit % 8) != 0) {
        throw new IllegalArgumentException("address has bits beyond its prefix length");
      }
    }
    return new AddressRange(network, prefix, text);
  }

  public boolean contains(InetAddress address) {
    byte[] given = address.getAddress();
    if (given.length != network.length) {
      return false;
    }
    for (int bit = 0; bit < prefix; bit++) {
      int mask = 0x80 >> bit % 8;
      if ((given[bit / 8] & mask) != (network[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AddressRange that
        && prefix == that.prefix
        && Arrays.equals(network, that.network);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(network) * 31 + prefix;
  }

  @Override
  public String toString() {
    return text;
  }
}
