package dev.leasehold.testbed.vault.auth;

import dev.leasehold.testbed.vault.wire.Refusal;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** The keys that JWTs are verified with. */
record JwtKeys(List<PublicKey> keys) {
  private static final Map<String, String> ALGORITHMS =
      Map.of(
          "ES256", "SHA256withECDSAinP1363Format",
          "ES384", "SHA384withECDSAinP1363Format",
          "RS256", "SHA256withRSA",
          "RS384", "SHA384withRSA",
          "RS512", "SHA512withRSA");

  /** Reads public keys or certificates in PEM. */
  static JwtKeys of(List<String> pems) {
    return new JwtKeys(pems.stream().map(JwtKeys::key).toList());
  }

  /** Whether one of the keys made this signature. */
  boolean signed(String algorithm, String content, byte[] signature) {
    String name = ALGORITHMS.get(algorithm);
    return name != null && keys.stream().anyMatch(key -> verifies(name, key, content, signature));
  }

  private static boolean verifies(String name, PublicKey key, String content, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance(name);
      verifier.initVerify(key);
      verifier.update(content.getBytes(StandardCharsets.US_ASCII));
      return verifier.verify(signature);
    } catch (GeneralSecurityException otherSortOfKey) {
      return false;
    }
  }

  private static PublicKey key(String pem) {
    try {
      if (pem.contains("BEGIN CERTIFICATE")) {
        return CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
            .getPublicKey();
      }
      byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
      X509EncodedKeySpec spec = new X509EncodedKeySpec(der);
      try {
        return KeyFactory.getInstance("EC").generatePublic(spec);
      } catch (InvalidKeySpecException notElliptic) {
        return KeyFactory.getInstance("RSA").generatePublic(spec);
      }
    } catch (CertificateException | IllegalArgumentException unreadable) {
      throw unparsable();
    } catch (GeneralSecurityException unknown) {
      throw unparsable();
    }
  }

  private static Refusal unparsable() {
    return Refusal.badRequest(
        "error parsing public key: data does not contain any valid public keys");
  }
}
