package dev.leasehold.broker.identity;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One X.509-SVID and the trust bundles that came with it: never changed, replaced as a whole. Chain
 * and key are of one rotation, so a TLS context built from it cannot mix two.
 */
public final class IdentitySnapshot {
  private final String spiffeId;
  private final List<X509Certificate> chain;
  private final PrivateKey key;
  private final long expiresAtNanos;
  private final Map<String, Set<X509Certificate>> bundles;

  IdentitySnapshot(
      String spiffeId,
      List<X509Certificate> chain,
      PrivateKey key,
      long expiresAtNanos,
      Map<String, Set<X509Certificate>> bundles) {
    this.spiffeId = spiffeId;
    this.chain = List.copyOf(chain);
    this.key = key;
    this.expiresAtNanos = expiresAtNanos;
    this.bundles =
        bundles.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> Set.copyOf(e.getValue())));
  }

  /** {@code spiffe://<trust domain>/<path>}. */
  public String spiffeId() {
    return spiffeId;
  }

  /** Leaf first, without the authority. */
  public List<X509Certificate> chain() {
    return chain;
  }

  /** When the first certificate of the chain ends, on the boot clock. */
  public long expiresAtNanos() {
    return expiresAtNanos;
  }

  /** When the first certificate of the chain ends, by the certificate. */
  public Instant expires() {
    return chain.stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Instant::compareTo)
        .orElseThrow();
  }

  /** The bare name of our trust domain. */
  public String trustDomain() {
    return trustDomainOf(spiffeId);
  }

  /** X.509 authorities of our own trust domain. */
  public Set<X509Certificate> authorities() {
    return authoritiesOf(trustDomain());
  }

  /** X.509 authorities of a trust domain that we know; empty for a stranger. */
  public Set<X509Certificate> authoritiesOf(String trustDomain) {
    return bundles.getOrDefault(trustDomain, Set.of());
  }

  /** The key of the first certificate. */
  public PrivateKey key() {
    return key;
  }

  boolean sameSvidAs(IdentitySnapshot other) {
    return chain.equals(other.chain);
  }

  boolean sameBundlesAs(IdentitySnapshot other) {
    return bundles.equals(other.bundles);
  }

  static String trustDomainOf(String spiffeId) {
    int start = "spiffe://".length();
    return spiffeId.substring(start, spiffeId.indexOf('/', start));
  }

  @Override
  public String toString() {
    return "IdentitySnapshot[" + spiffeId + ", until " + expires() + "]";
  }
}
