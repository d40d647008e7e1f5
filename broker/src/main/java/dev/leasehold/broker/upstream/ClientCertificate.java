package dev.leasehold.broker.upstream;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Who a connection says it is to a target that asks (RFC 8446 §4.4.2).
 *
 * @param chain leaf first
 */
public record ClientCertificate(PrivateKey key, List<X509Certificate> chain) {
  public ClientCertificate {
    chain = List.copyOf(chain);
  }

  /** Gives it for one connection; may block. */
  @FunctionalInterface
  public interface Source {
    /**
     * @throws UnusableCertificateException when it cannot be used
     */
    ClientCertificate get();
  }

  @Override
  public String toString() {
    return "ClientCertificate[" + chain.getFirst().getSubjectX500Principal() + "]";
  }
}
