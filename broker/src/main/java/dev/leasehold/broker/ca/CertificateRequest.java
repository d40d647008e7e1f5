package dev.leasehold.broker.ca;

import java.security.GeneralSecurityException;
import java.security.KeyPair;

/** Asks for a certificate (RFC 2986 §4). Says nothing but a name and a key: the rest is decided. */
final class CertificateRequest {
  private CertificateRequest() {}

  static byte[] of(Name subject, KeyPair keys) throws GeneralSecurityException {
    return CertificateForm.signed(
        Der.sequence(
            Der.integer(0), subject.encoded(), keys.getPublic().getEncoded(), Der.constructed(0)),
        keys.getPrivate());
  }
}
