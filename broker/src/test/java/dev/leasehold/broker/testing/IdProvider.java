package dev.leasehold.broker.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.leasehold.broker.approval.ApproverRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** An OpenID provider, as far as its keys and tokens go. */
public final class IdProvider {
  public static final String ISSUER = "https://id.example";
  public static final String AUDIENCE = "leasehold";

  private final ECKey key;

  public IdProvider() throws JOSEException {
    this("k1");
  }

  /**
   * @param keyId of its only key
   */
  public IdProvider(String keyId) throws JOSEException {
    this.key = new ECKeyGenerator(Curve.P_256).keyID(keyId).generate();
  }

  /** The public keys, a JWK set. */
  public String keys() {
    return new JWKSet(key).toString();
  }

  /** A group whose approvers log in here. */
  public ApproverRule approvers(Path folder) throws IOException {
    return new ApproverRule.Oidc(
        ISSUER,
        AUDIENCE,
        "groups",
        Set.of("sre"),
        Optional.of(Files.writeString(folder.resolve("keys.jwks"), keys())));
  }

  /** What is right in every way, of somebody of the group {@code sre}. */
  public static JWTClaimsSet claims(String subject, Instant now) {
    return new JWTClaimsSet.Builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .subject(subject)
        .claim("groups", List.of("dev", "sre"))
        .claim("auth_time", now.getEpochSecond())
        .expirationTime(Date.from(now.plusSeconds(60)))
        .build();
  }

  public String sign(JWTClaimsSet claims) throws JOSEException {
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(), claims);
    token.sign(new ECDSASigner(key));
    return token.serialize();
  }
}
