package dev.leasehold.broker.ca;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** An intermediate that can sign for a few hosts, and for no others. */
final class Authority {
  private static final Duration LEAF_LIFE = Duration.ofDays(7);

  private final PrivateKey key;
  private final X509Certificate certificate;
  private final Name name;
  private final KeyPair leafKeys;

  /**
   * @param leafKeys of all leaves: they are in one memory with the key that signs them, so a pair
   *     for each would protect nothing
   */
  Authority(PrivateKey key, X509Certificate certificate, Name name, KeyPair leafKeys) {
    this.key = key;
    this.certificate = certificate;
    this.name = name;
    this.leafKeys = leafKeys;
  }

  /** Signs; takes about half a millisecond. */
  Leaf mint(String host, Instant now) throws GeneralSecurityException {
    Instant end = certificate.getNotAfter().toInstant();
    Instant notAfter = now.plus(LEAF_LIFE).isBefore(end) ? now.plus(LEAF_LIFE) : end;
    X509Certificate leaf =
        new CertificateForm(
                name,
                Name.LEAF,
                leafKeys.getPublic(),
                now.minus(Root.CLOCK_SKEW),
                notAfter,
                List.of(
                    Extension.noAuthority(),
                    Extension.signsHandshakes(),
                    Extension.serversOnly(),
                    Extension.alternativeName(host),
                    Extension.subjectKey(leafKeys.getPublic()),
                    Extension.authorityKey(certificate.getPublicKey())))
            .sign(key);
    return new Leaf(
        leafKeys.getPrivate(), List.of(leaf, certificate), leaf.getNotAfter().toInstant());
  }

  Instant notAfter() {
    return certificate.getNotAfter().toInstant();
  }
}
