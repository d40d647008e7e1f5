package dev.leasehold.broker.inject;

import dev.leasehold.broker.secret.SecretFields;
import dev.leasehold.broker.upstream.ClientCertificate;
import dev.leasehold.broker.upstream.UnusableCertificateException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** Reads a client certificate and its key out of leased fields in PEM (RFC 7468). */
final class PemIdentity {
  private static final byte[] BEGIN_KEY = ascii("-----BEGIN PRIVATE KEY-----");
  private static final byte[] END_KEY = ascii("-----END PRIVATE KEY-----");

  private PemIdentity() {}

  /**
   * @throws UnusableCertificateException when they are not what they should be, or do not belong
   *     together; the message names what is wrong and nothing that is in them
   */
  static ClientCertificate read(Injection.Mtls mtls, SecretFields fields) {
    List<X509Certificate> chain = chain(SecretText.lines(mtls.certificate(), fields));
    byte[] pem = SecretText.lines(mtls.key(), fields);
    try {
      PrivateKey key = key(pem, chain.getFirst().getPublicKey());
      chain.getFirst().checkValidity();
      return new ClientCertificate(key, chain);
    } catch (CertificateException outdated) {
      throw new UnusableCertificateException("it has expired, or is not valid yet");
    } finally {
      Arrays.fill(pem, (byte) 0);
    }
  }

  private static List<X509Certificate> chain(byte[] pem) {
    List<X509Certificate> chain;
    try {
      chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
    } catch (CertificateException broken) {
      throw new UnusableCertificateException("the certificate is not PEM");
    }
    if (chain.isEmpty()) {
      throw new UnusableCertificateException("there is no certificate in PEM");
    }
    return chain;
  }

  private static PrivateKey key(byte[] pem, PublicKey of) {
    int begin = indexOf(pem, BEGIN_KEY);
    int end = indexOf(pem, END_KEY);
    if (begin < 0 || end < begin) {
      throw new UnusableCertificateException(
          "the key is not PKCS #8 in PEM; ask Vault for it with private_key_format: pkcs8");
    }
    byte[] base64 = Arrays.copyOfRange(pem, begin + BEGIN_KEY.length, end);
    byte[] der = {};
    try {
      der = Base64.getMimeDecoder().decode(base64);
      PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(der);
      PrivateKey key = KeyFactory.getInstance(of.getAlgorithm()).generatePrivate(spec);
      requireTogether(key, of);
      return key;
    } catch (IllegalArgumentException | GeneralSecurityException broken) {
      throw new UnusableCertificateException("the key cannot be read, or is not the certificate's");
    } finally {
      Arrays.fill(base64, (byte) 0);
      Arrays.fill(der, (byte) 0);
    }
  }

  private static void requireTogether(PrivateKey key, PublicKey of)
      throws GeneralSecurityException {
    String algorithm =
        switch (of.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> of.getAlgorithm();
        };
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(BEGIN_KEY);
    byte[] signed = signature.sign();
    signature.initVerify(of);
    signature.update(BEGIN_KEY);
    if (!signature.verify(signed)) {
      throw new GeneralSecurityException("another key's certificate");
    }
  }

  private static int indexOf(byte[] text, byte[] part) {
    for (int at = 0; at + part.length <= text.length; at++) {
      if (Arrays.equals(text, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
    return -1;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
