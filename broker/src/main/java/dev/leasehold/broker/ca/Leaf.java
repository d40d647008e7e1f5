package dev.leasehold.broker.ca;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * What a TLS server shows as one host. The same object until it is minted anew, so a TLS context
 * may be kept for it.
 *
 * @param chain the host's certificate, then the authority that signed it and those between it and
 *     the root
 */
public record Leaf(PrivateKey key, List<X509Certificate> chain, Instant notAfter) {
  public Leaf {
    chain = List.copyOf(chain);
  }

  // Two are the same only when they are one; and nothing of a key is ever printed.

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public String toString() {
    return "Leaf[" + chain.getFirst().getSerialNumber().toString(16) + " until " + notAfter + "]";
  }
}
