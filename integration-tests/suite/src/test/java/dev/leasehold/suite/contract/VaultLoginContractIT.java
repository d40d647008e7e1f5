package dev.leasehold.suite.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.leasehold.testbed.tls.Leaf;
import dev.leasehold.testbed.tls.Pem;
import dev.leasehold.testbed.tls.TestCa;
import dev.leasehold.testbed.vault.VaultAnswer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Logging in with an X.509-SVID and with a JWT-SVID. */
@ParameterizedClass
@MethodSource("dev.leasehold.suite.contract.ContractRig#servers")
final class VaultLoginContractIT {
  private static final String SPIFFE_ID = "spiffe://example.org/broker";
  private static final TestCa CA = TestCa.create("Authority of the contract");
  private static final ECKey KEY = key();

  private final ContractRig rig;

  VaultLoginContractIT(ContractRig rig) {
    this.rig = rig;
  }

  private static ECKey key() {
    try {
      return new ECKeyGenerator(Curve.P_256).keyID("contract").generate();
    } catch (JOSEException absent) {
      throw new IllegalStateException(absent);
    }
  }

  private static Leaf svid(TestCa ca, String subject, String spiffeId) {
    return ca.issue(
        new X500Name(subject),
        List.of(new GeneralName(GeneralName.uniformResourceIdentifier, spiffeId)),
        TestCa.Validity.of(Duration.ofHours(1)));
  }

  private static Leaf svid() {
    return svid(CA, "C=US,O=SPIRE,CN=broker.example.org", SPIFFE_ID);
  }

  private static String jwt(String subject, String audience, Instant expires) throws JOSEException {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(KEY.getKeyID()).build(),
            new JWTClaimsSet.Builder()
                .subject(subject)
                .audience(audience)
                .issueTime(Date.from(Instant.now()))
                .expirationTime(Date.from(expires))
                .build());
    jwt.sign(new ECDSASigner(KEY));
    return jwt.serialize();
  }

  private static Instant later() {
    return Instant.now().plusSeconds(300);
  }

  @BeforeEach
  void enable() throws JOSEException {
    if (rig.root.read("auth/cert/certs/broker").ok()) {
      return;
    }
    rig.root
        .write(
            "sys/policies/acl/gen",
            "policy",
            "path \"auth/token/renew-self\" { capabilities = [\"update\"] }")
        .orThrow();
    rig.root.write("sys/auth/cert", "type", "cert").orThrow();
    rig.root
        .write(
            "auth/cert/certs/broker",
            "certificate",
            CA.pem(),
            "allowed_uri_sans",
            List.of(SPIFFE_ID),
            "token_policies",
            List.of("gen"),
            "token_no_default_policy",
            true,
            "token_ttl",
            "8h",
            "token_max_ttl",
            "8h",
            "token_type",
            "service")
        .orThrow();
    rig.root.write("sys/auth/jwt", "type", "jwt").orThrow();
    rig.root
        .write("auth/jwt/config", "jwt_validation_pubkeys", List.of(Pem.of(KEY.toECPublicKey())))
        .orThrow();
    rig.root
        .write(
            "auth/jwt/role/broker",
            "role_type",
            "jwt",
            "user_claim",
            "sub",
            "bound_audiences",
            List.of("vault"),
            "bound_subject",
            SPIFFE_ID,
            "expiration_leeway",
            5,
            "token_policies",
            List.of("gen"),
            "token_no_default_policy",
            true,
            "token_ttl",
            "8h")
        .orThrow();
  }

  private VaultAnswer certLogin(Leaf leaf) {
    return rig.client(leaf).write("auth/cert/login", "name", "broker");
  }

  private VaultAnswer jwtLogin(String jwt) {
    return rig.root.as("").write("auth/jwt/login", "role", "broker", "jwt", jwt);
  }

  private void assertRoleToken(JsonObject auth) {
    assertEquals(new JsonArray().add("gen"), auth.getJsonArray("policies"));
    assertEquals(new JsonArray().add("gen"), auth.getJsonArray("token_policies"));
    assertTrue(
        auth.getJsonArray("identity_policies") == null
            || auth.getJsonArray("identity_policies").isEmpty());
    assertEquals(28_800, auth.getInteger("lease_duration"));
    assertEquals("service", auth.getString("token_type"));
    assertTrue(auth.getBoolean("orphan"));
    assertFalse(auth.getString("entity_id").isEmpty());
    assertFalse(auth.getString("accessor").isEmpty());
  }

  @Test
  void svidLogsInAsTheNamedRole() {
    assertRoleToken(certLogin(svid()).orThrow().auth());
  }

  @Test
  void svidWithoutCommonNameHasNoAlias() {
    VaultAnswer answer = certLogin(svid(CA, "C=US,O=SPIRE", SPIFFE_ID));

    assertFalse(answer.ok());
    assertEquals(500, answer.status());
    assertTrue(answer.errors().getFirst().contains("missing name in alias"));
  }

  @Test
  void otherSpiffeIdAndOtherAuthorityAreRefusedAlike() {
    VaultAnswer id = certLogin(svid(CA, "CN=x", "spiffe://example.org/other"));
    VaultAnswer authority = certLogin(svid(TestCa.create("Other"), "CN=x", SPIFFE_ID));

    assertEquals(400, id.status());
    assertEquals(400, authority.status());
    assertEquals(id.errors(), authority.errors());
    assertEquals(
        List.of("failed to match all constraints for this login certificate"), authority.errors());
  }

  @Test
  void loginWithoutCertificateIsRefused() {
    VaultAnswer answer = rig.root.as("").write("auth/cert/login", "name", "broker");

    assertEquals(400, answer.status());
    assertEquals(List.of("client certificate must be supplied"), answer.errors());
  }

  @Test
  void renewalNeedsACertificate() {
    ContractClient same = rig.client(svid());
    String token =
        same.write("auth/cert/login", "name", "broker").orThrow().auth().getString("client_token");

    assertEquals(200, same.as(token).write("auth/token/renew-self").status());
    assertNotEquals(200, rig.root.as(token).write("auth/token/renew-self").status());
  }

  @Test
  void jwtLogsInAsTheNamedRole() throws JOSEException {
    assertRoleToken(jwtLogin(jwt(SPIFFE_ID, "vault", later())).orThrow().auth());
  }

  @Test
  void jwtOfAnotherAudienceOrSubjectIsRefused() throws JOSEException {
    VaultAnswer audience = jwtLogin(jwt(SPIFFE_ID, "elsewhere", later()));
    VaultAnswer subject = jwtLogin(jwt("spiffe://example.org/other", "vault", later()));

    assertEquals(400, audience.status());
    assertTrue(audience.errors().getFirst().contains("aud"), audience.errors().toString());
    assertEquals(400, subject.status());
    assertTrue(subject.errors().getFirst().contains("sub"), subject.errors().toString());
  }

  @Test
  void expiredOrForgedJwtIsRefused() throws JOSEException {
    VaultAnswer expired = jwtLogin(jwt(SPIFFE_ID, "vault", Instant.now().minusSeconds(600)));
    String good = jwt(SPIFFE_ID, "vault", later());
    String payload = good.substring(0, good.lastIndexOf('.'));
    VaultAnswer forged = jwtLogin(payload + "." + "A".repeat(86));

    assertEquals(400, expired.status());
    assertEquals(400, forged.status());
  }
}
