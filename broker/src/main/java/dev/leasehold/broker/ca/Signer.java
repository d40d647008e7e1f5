package dev.leasehold.broker.ca;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;

/** An authority elsewhere that signs ours. */
@FunctionalInterface
public interface Signer {
  /**
   * Asks for an authority over a few hosts, with none below it; blocks.
   *
   * @param name a common name for it
   * @param request a certificate request (RFC 2986), PEM
   * @return the new certificate, then those above it in any order, the root among them
   * @throws IOException with the reason in words
   */
  List<X509Certificate> sign(String name, String request, Constraints constraints)
      throws IOException;
}
