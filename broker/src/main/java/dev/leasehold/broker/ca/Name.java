package dev.leasehold.broker.ca;

import javax.security.auth.x500.X500Principal;

/**
 * A distinguished name of ours (RFC 5280 §4.1.2.4): the organization, and one attribute more.
 *
 * @param oid of the attribute
 */
record Name(String oid, String text) {
  private static final String ORGANIZATION = "2.5.4.10";
  private static final String UNIT = "2.5.4.11";
  private static final String COMMON_NAME = "2.5.4.3";

  /**
   * Of every leaf. Without a common name: some take one for a host, and GnuTLS refuses a leaf with
   * an address whose common name is no permitted host.
   */
  static final Name LEAF = new Name(UNIT, "intercepted call");

  static Name authority(String text) {
    return new Name(COMMON_NAME, text);
  }

  byte[] encoded() {
    return Der.sequence(attribute(ORGANIZATION, "Leasehold"), attribute(oid, text));
  }

  X500Principal principal() {
    return new X500Principal(encoded());
  }

  private static byte[] attribute(String oid, String text) {
    return Der.set(Der.sequence(Der.oid(oid), Der.utf8(text)));
  }
}
