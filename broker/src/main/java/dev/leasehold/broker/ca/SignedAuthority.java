package dev.leasehold.broker.ca;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;

/**
 * An authority that somebody else has signed. Of what comes back nothing is believed: it is used
 * only when it is exactly what was asked for.
 *
 * @param root above it, self-signed
 */
record SignedAuthority(Authority authority, X509Certificate root) {
  /** How far the signer's clock may be from ours. */
  private static final Duration CLOCK_SKEW = Root.CLOCK_SKEW;

  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;
  private static final int LONGEST_CHAIN = 8;

  /** Makes a pair of keys and has it signed; blocks. */
  static SignedAuthority make(
      String name,
      Collection<String> hosts,
      KeyPair leafKeys,
      Signer signer,
      Instant now,
      Duration life)
      throws GeneralSecurityException, IOException {
    KeyPair own = Root.keys();
    Constraints constraints = Constraints.of(hosts);
    String request = Pem.request(CertificateRequest.of(Name.authority(name), own));
    List<X509Certificate> answer = signer.sign(name, request, constraints);
    if (answer.isEmpty()) {
      throw refused("it is empty");
    }
    X509Certificate ours = answer.getFirst();
    check(ours, own, constraints, now.plus(life));
    List<X509Certificate> chain = chain(ours, answer);
    X509Certificate root = chain.removeLast();
    Authority authority = new Authority(own.getPrivate(), chain, leafKeys);
    for (String host : hosts) {
      validate(authority.mint(host, now).chain(), root, now);
    }
    return new SignedAuthority(authority, root);
  }

  private static void check(
      X509Certificate ours, KeyPair own, Constraints constraints, Instant wantedEnd)
      throws IOException {
    if (!Arrays.equals(ours.getPublicKey().getEncoded(), own.getPublic().getEncoded())) {
      throw refused("its key is not ours");
    }
    if (ours.getBasicConstraints() != 0) {
      throw refused("it is not an authority with none below it");
    }
    boolean[] usage = ours.getKeyUsage();
    for (int i = 0; usage != null && i < usage.length; i++) {
      if (usage[i] && i != KEY_CERT_SIGN && i != CRL_SIGN) {
        throw refused("its key may do more than sign certificates");
      }
    }
    if (usage == null || !usage[KEY_CERT_SIGN]) {
      throw refused("its key may not sign certificates");
    }
    Set<String> critical = ours.getCriticalExtensionOIDs();
    byte[] wanted = Der.octets(Extension.constraintsOf(constraints));
    if (critical == null
        || !critical.contains(Extension.NAME_CONSTRAINTS)
        || !Arrays.equals(wanted, ours.getExtensionValue(Extension.NAME_CONSTRAINTS))) {
      throw refused(
          "its name constraints are not exactly those that were asked for; Vault knows"
              + " excluded_ip_ranges since 1.19, OpenBao does not");
    }
    Instant end = ours.getNotAfter().toInstant();
    if (Duration.between(wantedEnd, end).abs().compareTo(CLOCK_SKEW) > 0) {
      throw refused(
          "it ends at "
              + end
              + ", not at "
              + wantedEnd
              + "; the mount's max_lease_ttl and its issuer's end bound it");
    }
    if (Extension.subjectKeyOf(ours).length == 0) {
      throw refused("it has no key identifier");
    }
  }

  /** From ours up to a root. */
  private static List<X509Certificate> chain(X509Certificate ours, List<X509Certificate> among)
      throws IOException {
    List<X509Certificate> chain = new ArrayList<>(List.of(ours));
    while (chain.size() < LONGEST_CHAIN) {
      X509Certificate last = chain.getLast();
      if (isSignedBy(last, last)) {
        if (chain.size() == 1) {
          break;
        }
        return chain;
      }
      X509Certificate above =
          among.stream().filter(issuer -> isSignedBy(last, issuer)).findFirst().orElse(null);
      if (above == null) {
        break;
      }
      if (above.getNotAfter().toInstant().isBefore(ours.getNotAfter().toInstant())) {
        throw refused("a certificate above it ends before it");
      }
      chain.add(above);
    }
    throw refused(
        "the certificates with it do not lead to a root; the mount must know the whole chain of its"
            + " issuer");
  }

  private static boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
    if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
      return false;
    }
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException other) {
      return false;
    }
  }

  /** As a program would that trusts the root and nothing else. */
  private static void validate(List<X509Certificate> chain, X509Certificate root, Instant now)
      throws IOException {
    try {
      PKIXParameters trust = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
      trust.setRevocationEnabled(false);
      trust.setDate(Date.from(now));
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(chain), trust);
    } catch (GeneralSecurityException invalid) {
      throw new IOException(refused(String.valueOf(invalid.getMessage())).getMessage(), invalid);
    }
  }

  private static IOException refused(String why) {
    return new IOException("what was signed is refused: " + why);
  }
}
