package dev.leasehold.broker.ca;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.stream.Collectors;

/** What the JDK's PKIX validation (RFC 5280 §6) says of a chain. */
final class Chains {
  private Chains() {}

  static boolean isValid(List<X509Certificate> chain, List<X509Certificate> roots, Instant at) {
    try {
      PKIXParameters parameters =
          new PKIXParameters(
              roots.stream().map(root -> new TrustAnchor(root, null)).collect(Collectors.toSet()));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(at));
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(chain), parameters);
      return true;
    } catch (CertPathValidatorException refused) {
      return false;
    } catch (GeneralSecurityException broken) {
      throw new AssertionError(broken);
    }
  }

  static int size(List<X509Certificate> chain) {
    try {
      int size = 0;
      for (X509Certificate certificate : chain) {
        size += certificate.getEncoded().length;
      }
      return size;
    } catch (GeneralSecurityException broken) {
      throw new AssertionError(broken);
    }
  }
}
