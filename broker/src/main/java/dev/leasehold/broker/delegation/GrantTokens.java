package dev.leasehold.broker.delegation;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.util.Base64;
import com.nimbusds.jwt.SignedJWT;
import dev.leasehold.broker.identity.IdentitySnapshot;
import dev.leasehold.broker.identity.PeerSvid;
import java.io.ByteArrayInputStream;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Grants as tokens: JWTs (RFC 7519) signed with the key of the issuer's X.509-SVID, which is in the
 * header with its chain ({@code x5c}, RFC 7515 §4.1.6) and is checked against the trust bundle.
 */
final class GrantTokens {
  static final int MOST_CHARACTERS = 32 * 1024;

  private static final JOSEObjectType TYPE = new JOSEObjectType("leasehold-grant+jwt");
  private static final int MOST_CERTIFICATES = 5;
  private static final Set<JWSAlgorithm> FOR_EC = Set.of(JWSAlgorithm.ES256, JWSAlgorithm.ES384);
  private static final Set<JWSAlgorithm> FOR_RSA = Set.of(JWSAlgorithm.PS256);

  private GrantTokens() {}

  static String sign(Grant grant, IdentitySnapshot own) {
    try {
      PrivateKey key = own.key();
      JWSSigner signer =
          key instanceof ECPrivateKey ec ? new ECDSASigner(ec) : new RSASSASigner(key);
      JWSAlgorithm algorithm =
          FOR_EC.stream()
              .filter(signer.supportedJWSAlgorithms()::contains)
              .findFirst()
              .orElse(JWSAlgorithm.PS256);
      List<Base64> chain = new ArrayList<>();
      for (X509Certificate certificate : own.chain()) {
        chain.add(Base64.encode(certificate.getEncoded()));
      }
      SignedJWT token =
          new SignedJWT(
              new JWSHeader.Builder(algorithm).type(TYPE).x509CertChain(chain).build(),
              GrantJson.claims(grant));
      token.sign(signer);
      return token.serialize();
    } catch (JOSEException | CertificateEncodingException impossible) {
      throw new IllegalStateException("the SVID cannot sign", impossible);
    }
  }

  /**
   * A grant that is signed by the sidecar that it names as its issuer. Not yet: whether it is for
   * us, now, and for the first time.
   *
   * @param own whose bundles are trusted
   */
  static Grant verify(String text, IdentitySnapshot own) throws GrantRefused {
    if (text.length() > MOST_CHARACTERS) {
      throw new GrantRefused("it is too long");
    }
    try {
      SignedJWT token = SignedJWT.parse(text);
      if (!TYPE.equals(token.getHeader().getType())) {
        throw new GrantRefused("it is no grant");
      }
      List<X509Certificate> chain = chain(token.getHeader());
      String signer = PeerSvid.verified(chain, own);
      if (!token.verify(verifier(chain.getFirst().getPublicKey(), token.getHeader()))) {
        throw new GrantRefused("its signature is wrong");
      }
      Grant grant = GrantJson.grant(token.getJWTClaimsSet());
      if (!grant.issuer().equals(signer)) {
        throw new GrantRefused("it was signed by another than its issuer");
      }
      return grant;
    } catch (ParseException malformed) {
      throw new GrantRefused("it cannot be read");
    } catch (CertificateException | JOSEException untrusted) {
      throw new GrantRefused("its signer is not trusted");
    }
  }

  private static List<X509Certificate> chain(JWSHeader header)
      throws CertificateException, GrantRefused {
    List<Base64> encoded = header.getX509CertChain();
    if (encoded == null || encoded.isEmpty() || encoded.size() > MOST_CERTIFICATES) {
      throw new GrantRefused("it does not say who signed it");
    }
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> chain = new ArrayList<>();
    for (Base64 certificate : encoded) {
      chain.add(
          (X509Certificate)
              factory.generateCertificate(new ByteArrayInputStream(certificate.decode())));
    }
    return chain;
  }

  private static JWSVerifier verifier(PublicKey key, JWSHeader header)
      throws JOSEException, GrantRefused {
    return switch (key) {
      case ECPublicKey ec when FOR_EC.contains(header.getAlgorithm()) -> new ECDSAVerifier(ec);
      case RSAPublicKey rsa when FOR_RSA.contains(header.getAlgorithm()) -> new RSASSAVerifier(rsa);
      default -> throw new GrantRefused("its algorithm is none that is taken");
    };
  }
}
