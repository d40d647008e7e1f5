package dev.leasehold.testbed.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.Key;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/** Text forms of certificates and keys (RFC 7468). */
public final class Pem {

  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII));

  private Pem() {}

  public static String of(X509Certificate certificate) {
    try {
      return block("CERTIFICATE", certificate.getEncoded());
    } catch (CertificateEncodingException broken) {
      throw new IllegalArgumentException(broken);
    }
  }

  public static String of(List<X509Certificate> chain) {
    return chain.stream().map(Pem::of).collect(Collectors.joining());
  }

  /** PKCS #8 for a private key, SubjectPublicKeyInfo for a public one. */
  public static String of(Key key) {
    return block(key instanceof PublicKey ? "PUBLIC KEY" : "PRIVATE KEY", key.getEncoded());
  }

  private static String block(String label, byte[] der) {
    String body = LINES.encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }
}
