package dev.leasehold.broker.vault;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Trust authorities as PEM text. */
final class Bundle {
  private Bundle() {}

  /** Empty when there is no certificate in it, or something that is none. */
  static Optional<Set<X509Certificate>> parse(String pem) {
    Set<X509Certificate> certificates = new LinkedHashSet<>();
    try {
      CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))
          .forEach(certificate -> certificates.add((X509Certificate) certificate));
    } catch (CertificateException malformed) {
      return Optional.empty();
    }
    return certificates.isEmpty() ? Optional.empty() : Optional.of(certificates);
  }

  /** The same text for the same set. */
  static String pem(Set<X509Certificate> certificates) throws CertificateException {
    Set<String> encoded = new TreeSet<>();
    Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
    for (X509Certificate certificate : certificates) {
      encoded.add(
          "-----BEGIN CERTIFICATE-----\n"
              + lines.encodeToString(certificate.getEncoded())
              + "\n-----END CERTIFICATE-----\n");
    }
    return String.join("", encoded);
  }
}
