package dev.leasehold.broker.ca;

import java.net.InetAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The extensions of RFC 5280 §4.2 that our certificates have. */
final class Extension {
  static final String NAME_CONSTRAINTS = "2.5.29.30";

  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final int SHORT_WRAPPING = 4; // two tags, two lengths below 128
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_CERT_SIGN = 5;
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;
  private static final String SUBJECT_KEY = "2.5.29.14";

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
    return of(SUBJECT_KEY, Der.octets(identifier(key)));
  }

  /** RFC 5280 §4.2.1.1. */
  static byte[] authorityKey(X509Certificate authority) {
    return of("2.5.29.35", Der.sequence(Der.primitive(0, subjectKeyOf(authority))));
  }

  /** What a certificate calls its own key; empty where it says nothing. */
  static byte[] subjectKeyOf(X509Certificate certificate) {
    byte[] twiceWrapped = certificate.getExtensionValue(SUBJECT_KEY);
    return twiceWrapped == null || twiceWrapped.length != SHORT_WRAPPING + twiceWrapped[3]
        ? new byte[0]
        : Arrays.copyOfRange(twiceWrapped, SHORT_WRAPPING, twiceWrapped.length);
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

  /** RFC 5280 §4.2.1.10. */
  static byte[] constraints(Constraints constraints) {
    return critical(NAME_CONSTRAINTS, constraintsOf(constraints));
  }

  /** What stands in that extension. */
  static byte[] constraintsOf(Constraints constraints) {
    List<byte[]> permitted = new ArrayList<>();
    constraints.permittedNames().forEach(name -> permitted.add(subtree(DNS_NAME, Der.ascii(name))));
    permitted.addAll(ranges(constraints.permittedRanges()));
    return Der.sequence(subtrees(0, permitted), subtrees(1, ranges(constraints.excludedRanges())));
  }

  private static List<byte[]> ranges(List<String> blocks) {
    return blocks.stream().map(block -> subtree(IP_ADDRESS, range(block))).toList();
  }

  private static byte[] subtrees(int number, List<byte[]> subtrees) {
    return subtrees.isEmpty()
        ? new byte[0]
        : Der.constructed(number, subtrees.toArray(byte[][]::new));
  }

  private static byte[] subtree(int kind, byte[] base) {
    return Der.sequence(Der.primitive(kind, base));
  }

  /** The address, then the mask: of none or all of its bits. */
  private static byte[] range(String block) {
    int slash = block.indexOf('/');
    byte[] address = InetAddress.ofLiteral(block.substring(0, slash)).getAddress();
    byte[] range = Arrays.copyOf(address, 2 * address.length);
    if (!block.endsWith("/0")) {
      Arrays.fill(range, address.length, range.length, (byte) 0xff);
    }
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
