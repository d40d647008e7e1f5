package dev.leasehold.broker.ca;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** An intermediate that can sign for a few hosts, and for no others. */
final class Authority {
  private static final Duration LEAF_LIFE = Duration.ofDays(7);

  private final PrivateKey key;
  private final List<X509Certificate> chain;
  private final KeyPair leafKeys;

  /**
   * @param chain its certificate, then those between it and the root, if any
   * @param leafKeys of all leaves: they are in one memory with the key that signs them, so a pair
   *     for each would protect nothing
   */
  Authority(PrivateKey key, List<X509Certificate> chain, KeyPair leafKeys) {
    this.key = key;
    this.chain = List.copyOf(chain);
    this.leafKeys = leafKeys;
  }

  /** Signs; takes about half a millisecond. */
  Leaf mint(String host, Instant now) throws GeneralSecurityException {
    X509Certificate certificate = chain.getFirst();
    Instant end = notAfter();
    Instant notAfter = now.plus(LEAF_LIFE).isBefore(end) ? now.plus(LEAF_LIFE) : end;
    X509Certificate leaf =
        new CertificateForm(
                certificate.getSubjectX500Principal(),
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
                    Extension.authorityKey(certificate)))
            .sign(key);
    List<X509Certificate> shown = new ArrayList<>(List.of(leaf));
    shown.addAll(chain);
    return new Leaf(leafKeys.getPrivate(), shown, leaf.getNotAfter().toInstant());
  }

  Instant notAfter() {
    return chain.getFirst().getNotAfter().toInstant();
  }
}
