package dev.leasehold.broker.identity;

import io.spiffe.bundle.x509bundle.X509Bundle;
import io.spiffe.exception.BundleNotFoundException;
import io.spiffe.spiffeid.SpiffeId;
import io.spiffe.svid.x509svid.X509SvidValidator;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** The X.509-SVID of somebody else (SPIFFE X.509-SVID §5). */
public final class PeerSvid {
  private static final int URI_NAME = 6; // RFC 5280, section 4.2.1.6
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int CERT_SIGN = 5;

  private PeerSvid() {}

  /**
   * Whose it is.
   *
   * @param chain leaf first, without the authority
   * @param own whose bundles are trusted
   * @return the SPIFFE ID
   * @throws CertificateException when it is nobody's that we trust, or not valid now
   */
  public static String verified(List<X509Certificate> chain, IdentitySnapshot own)
      throws CertificateException {
    X509Certificate leaf = chain.getFirst();
    boolean[] usage = leaf.getKeyUsage();
    if (leaf.getBasicConstraints() >= 0
        || usage == null
        || !usage[DIGITAL_SIGNATURE]
        || usage[CERT_SIGN]) {
      throw new CertificateException("the first certificate is none of a workload");
    }
    SpiffeId id = id(leaf);
    Set<X509Certificate> authorities = own.authoritiesOf(id.getTrustDomain().getName());
    if (authorities.isEmpty()) {
      throw new CertificateException("no trust bundle for " + id.getTrustDomain());
    }
    try {
      X509SvidValidator.verifyChain(chain, new X509Bundle(id.getTrustDomain(), authorities));
    } catch (BundleNotFoundException absent) {
      throw new CertificateException("no trust bundle for " + id.getTrustDomain(), absent);
    }
    return id.toString();
  }

  private static SpiffeId id(X509Certificate leaf) throws CertificateException {
    Collection<List<?>> names = leaf.getSubjectAlternativeNames();
    List<String> uris =
        names == null
            ? List.of()
            : names.stream()
                .filter(name -> name.getFirst().equals(URI_NAME))
                .map(name -> String.valueOf(name.get(1)))
                .toList();
    if (uris.size() != 1) {
      throw new CertificateException("the certificate has not exactly one URI");
    }
    try {
      return SpiffeId.parse(uris.getFirst());
    } catch (RuntimeException malformed) {
      throw new CertificateException("the certificate's URI is no SPIFFE ID", malformed);
    }
  }
}
