package dev.leasehold.testbed.vault.auth;

import java.security.cert.X509Certificate;
import java.util.HexFormat;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;

/** What Vault reads from a client certificate. */
final class CertificateNames {
  /** Lengths of the DER wrapping before the key id itself, for key ids of up to 127 bytes. */
  private static final int SUBJECT_WRAPPING = 4;

  private static final int AUTHORITY_WRAPPING = 6;

  private CertificateNames() {}

  /** The subject's common name; empty without one. */
  static String commonName(X509Certificate certificate) {
    try {
      return new LdapName(certificate.getSubjectX500Principal().getName())
          .getRdns().stream()
              .filter(rdn -> rdn.getType().equalsIgnoreCase("CN"))
              .map(rdn -> rdn.getValue().toString())
              .findFirst()
              .orElse("");
    } catch (InvalidNameException unreadable) {
      return "";
    }
  }

  static String subjectKeyId(X509Certificate certificate) {
    return hex(certificate.getExtensionValue("2.5.29.14"), SUBJECT_WRAPPING);
  }

  static String authorityKeyId(X509Certificate certificate) {
    return hex(certificate.getExtensionValue("2.5.29.35"), AUTHORITY_WRAPPING);
  }

  private static String hex(byte @org.jspecify.annotations.Nullable [] der, int from) {
    return der == null || der.length <= from
        ? ""
        : HexFormat.ofDelimiter(":").formatHex(der, from, der.length);
  }
}
