package dev.leasehold.broker.ca;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * A certificate that is about to be signed (RFC 5280 §4.1).
 *
 * @param issuer the name of the certificate that signs
 * @param extensions each as {@link Extension} gives it
 */
record CertificateForm(
    X500Principal issuer,
    Name subject,
    PublicKey key,
    Instant notBefore,
    Instant notAfter,
    List<byte[]> extensions) {
  private static final int V3 = 2;
  private static final int SERIAL_BYTES = 16;
  private static final byte[] ECDSA_WITH_SHA256 =
      Der.sequence(Der.oid("1.2.840.10045.4.3.2")); // RFC 5758 §3.2: no parameters
  private static final SecureRandom random = new SecureRandom();

  X509Certificate sign(PrivateKey by) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(signed(content(), by)));
  }

  /** The content with what says who signed it (RFC 5280 §4.1.1). */
  static byte[] signed(byte[] content, PrivateKey by) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(by);
    signature.update(content);
    return Der.sequence(content, ECDSA_WITH_SHA256, Der.bits(signature.sign()));
  }

  private byte[] content() {
    return Der.sequence(
        Der.constructed(0, Der.integer(V3)),
        Der.integer(serial()),
        ECDSA_WITH_SHA256,
        issuer.getEncoded(),
        Der.sequence(Der.time(notBefore), Der.time(notAfter)),
        subject.encoded(),
        key.getEncoded(), // a SubjectPublicKeyInfo, as the JDK says
        Der.constructed(3, Der.sequence(extensions.toArray(byte[][]::new))));
  }

  /** Positive and never zero; nobody can guess the next (RFC 5280 §4.1.2.2). */
  private static BigInteger serial() {
    byte[] bytes = new byte[SERIAL_BYTES];
    random.nextBytes(bytes);
    bytes[0] = (byte) (bytes[0] & 0x3f | 0x40);
    return new BigInteger(bytes);
  }
}
