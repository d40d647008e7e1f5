package dev.leasehold.testbed.spiffe;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.leasehold.testbed.tls.Leaf;
import dev.leasehold.testbed.tls.TestCa;
import java.security.cert.X509Certificate;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;

/**
 * The keys of a trust domain. The newest signs; all of them are in the bundles until the older ones
 * are dropped. Thread-safe.
 */
final class Authorities {

  private static final Duration LIFE = Duration.ofDays(1);

  private final String trustDomain;
  private final List<TestCa> x509 = new ArrayList<>();
  private final List<ECKey> jwt = new ArrayList<>();

  Authorities(String trustDomain) {
    this.trustDomain = trustDomain;
    add();
  }

  /** Makes a new key of each kind, which signs from now on. */
  synchronized void add() {
    GeneralName id =
        new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://" + trustDomain);
    x509.addFirst(TestCa.create(new X500Name("C=US,O=SPIFFE"), List.of(id), LIFE));
    try {
      jwt.addFirst(new ECKeyGenerator(Curve.P_256).keyID(UUID.randomUUID().toString()).generate());
    } catch (JOSEException absent) {
      throw new IllegalStateException(absent);
    }
  }

  /** Takes all but the newest out of the bundles. */
  synchronized void dropOld() {
    x509.subList(1, x509.size()).clear();
    jwt.subList(1, jwt.size()).clear();
  }

  /** An X.509-SVID as SPIRE makes it: the first DNS name is the common name too. */
  synchronized Leaf issue(Entry entry, TestCa.Validity validity) {
    String commonName = entry.dnsName().isEmpty() ? "" : ",CN=" + entry.dnsName();
    List<GeneralName> names = new ArrayList<>();
    names.add(new GeneralName(GeneralName.uniformResourceIdentifier, entry.spiffeId()));
    if (!entry.dnsName().isEmpty()) {
      names.add(new GeneralName(GeneralName.dNSName, entry.dnsName()));
    }
    return x509.getFirst().issue(new X500Name("C=US,O=SPIRE" + commonName), names, validity);
  }

  /** A JWT-SVID, ES256. */
  synchronized String issueJwt(String spiffeId, List<String> audience, Duration life) {
    Instant now = Instant.now();
    ECKey key = jwt.getFirst();
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .subject(spiffeId)
            .audience(audience)
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plus(life)))
            .build();
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.ES256)
            .keyID(key.getKeyID())
            .type(JOSEObjectType.JWT)
            .build();
    SignedJWT token = new SignedJWT(header, claims);
    try {
      token.sign(new ECDSASigner(key));
      return token.serialize();
    } catch (JOSEException broken) {
      throw new IllegalStateException(broken);
    }
  }

  /** The claims if one of our keys signed it for this audience and it has not expired. */
  synchronized Optional<JWTClaimsSet> verify(String token, String audience) {
    try {
      SignedJWT signed = SignedJWT.parse(token);
      JWTClaimsSet claims = signed.getJWTClaimsSet();
      Date expiry = claims.getExpirationTime();
      boolean live = expiry != null && expiry.toInstant().isAfter(Instant.now());
      if (!live || !claims.getAudience().contains(audience)) {
        return Optional.empty();
      }
      for (ECKey key : jwt) {
        if (signed.verify(new ECDSAVerifier(key))) {
          return Optional.of(claims);
        }
      }
      return Optional.empty();
    } catch (ParseException | JOSEException foreign) {
      return Optional.empty();
    }
  }

  synchronized List<X509Certificate> bundle() {
    return x509.stream().map(TestCa::certificate).toList();
  }

  /** Public parts only, newest first. */
  synchronized List<ECKey> jwtBundle() {
    return jwt.stream().map(ECKey::toPublicJWK).toList();
  }
}
