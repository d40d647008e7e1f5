package dev.leasehold.broker.ca;

import java.net.InetAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** The extensions of RFC 5280 §4.2 that our certificates have. */
final class Extension {
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_CERT_SIGN = 5;
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;
  private static final String NO_NAME = "leasehold.invalid"; // RFC 6761 §6.4

  private Extension() {}

  /**
   * An authority (RFC 5280 §4.2.1.9).
   *
   * @param below how many authorities may follow in a chain
   */
  static byte[] authority(int below) {
    return critical("2.5.29.19", Der.sequence(Der.yes(), Der.integer(below)));
  }

  static byte[] noAuthority() {
    return critical("2.5.29.19", Der.sequence());
  }

  /** RFC 5280 §4.2.1.3. */
  static byte[] signsCertificates() {
    return critical("2.5.29.15", Der.namedBit(KEY_CERT_SIGN));
  }

  /** All that TLS with an ECDSA key needs. */
  static byte[] signsHandshakes() {
    return critical("2.5.29.15", Der.namedBit(DIGITAL_SIGNATURE));
  }

  /** RFC 5280 §4.2.1.12. */
  static byte[] serversOnly() {
    return of("2.5.29.37", Der.sequence(Der.oid(SERVER_AUTH)));
  }

  /** RFC 5280 §4.2.1.2. */
  static byte[] subjectKey(PublicKey key) {
    return of("2.5.29.14", Der.octets(identifier(key)));
  }

  /** RFC 5280 §4.2.1.1. */
  static byte[] authorityKey(PublicKey key) {
    return of("2.5.29.35", Der.sequence(Der.primitive(0, identifier(key))));
  }

  /** RFC 5280 §4.2.1.6. */
  static byte[] alternativeName(String host) {
    return of(
        "2.5.29.17",
        Der.sequence(
            Hosts.isAddress(host)
                ? Der.primitive(IP_ADDRESS, Hosts.address(host).getAddress())
                : Der.primitive(DNS_NAME, Der.ascii(host))));
  }

  /**
   * These hosts and no other (RFC 5280 §4.2.1.10). What the constraints do not speak of is allowed,
   * so where there is no name, one is permitted that does not exist, and where there is no address
   * all are excluded. A name stands for what is below it as well; X.509 cannot say otherwise.
   */
  static byte[] constraints(Collection<String> hosts) {
    List<byte[]> permitted = new ArrayList<>();
    List<byte[]> excluded = new ArrayList<>();
    List<InetAddress> addresses =
        hosts.stream().filter(Hosts::isAddress).map(Hosts::address).toList();
    for (String host : hosts) {
      if (!Hosts.isAddress(host)) {
        permitted.add(subtree(DNS_NAME, Der.ascii(host)));
      }
    }
    if (permitted.isEmpty()) {
      permitted.add(subtree(DNS_NAME, Der.ascii(NO_NAME)));
    }
    for (int length : List.of(4, 16)) {
      List<byte[]> family =
          addresses.stream()
              .map(InetAddress::getAddress)
              .filter(address -> address.length == length)
              .map(address -> subtree(IP_ADDRESS, alone(address)))
              .toList();
      permitted.addAll(family);
      if (family.isEmpty()) {
        excluded.add(subtree(IP_ADDRESS, new byte[2 * length])); // 0.0.0.0/0, ::/0
      }
    }
    return critical("2.5.29.30", Der.sequence(subtrees(0, permitted), subtrees(1, excluded)));
  }

  private static byte[] subtrees(int number, List<byte[]> subtrees) {
    return subtrees.isEmpty()
        ? new byte[0]
        : Der.constructed(number, subtrees.toArray(byte[][]::new));
  }

  private static byte[] subtree(int kind, byte[] base) {
    return Der.sequence(Der.primitive(kind, base));
  }

  /** The address, then a mask of ones. */
  private static byte[] alone(byte[] address) {
    byte[] range = Arrays.copyOf(address, 2 * address.length);
    Arrays.fill(range, address.length, range.length, (byte) 0xff);
    return range;
  }

  /** RFC 7093 §2, method 1, but of the whole key: any 160 bits that are the same for one key do. */
  private static byte[] identifier(PublicKey key) {
    try {
      return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()), 20);
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  private static byte[] critical(String oid, byte[] content) {
    return Der.sequence(Der.oid(oid), Der.yes(), Der.octets(content));
  }

  private static byte[] of(String oid, byte[] content) {
    return Der.sequence(Der.oid(oid), Der.octets(content));
  }
}
