package dev.leasehold.testbed.spiffe;

import com.google.protobuf.ByteString;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.leasehold.testbed.spiffe.EmbeddedTrustDomain.Behaviour;
import dev.leasehold.testbed.tls.Leaf;
import dev.leasehold.testbed.tls.TestCa.Validity;
import io.spiffe.workloadapi.grpc.Workload.JWTBundlesResponse;
import io.spiffe.workloadapi.grpc.Workload.JWTSVID;
import io.spiffe.workloadapi.grpc.Workload.JWTSVIDResponse;
import io.spiffe.workloadapi.grpc.Workload.X509BundlesResponse;
import io.spiffe.workloadapi.grpc.Workload.X509SVID;
import io.spiffe.workloadapi.grpc.Workload.X509SVIDResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What holds at the moment of asking, as the Workload API's messages. */
final class CurrentState implements WorkloadApiService.Answers {

  private static final Duration JWT_LIFE = Duration.ofMinutes(5);

  private final String trustDomainId;
  private final Authorities authorities;
  private final IssuedSvids issued;
  private final Supplier<Behaviour> behaviour;

  CurrentState(
      String trustDomain,
      Authorities authorities,
      IssuedSvids issued,
      Supplier<Behaviour> behaviour) {
    this.trustDomainId = "spiffe://" + trustDomain;
    this.authorities = authorities;
    this.issued = issued;
    this.behaviour = behaviour;
  }

  private Map<Entry, Leaf> of(int uid) {
    return behaviour.get() == Behaviour.NO_IDENTITY ? Map.of() : issued.of(uid);
  }

  @Override
  public X509SVIDResponse x509Svids(int uid) {
    X509SVIDResponse.Builder response = X509SVIDResponse.newBuilder();
    ByteString bundle = der(authorities.bundle());
    of(uid)
        .forEach(
            (entry, held) -> {
              Leaf leaf =
                  behaviour.get() == Behaviour.EXPIRED
                      ? authorities.issue(entry, ended(entry.ttl()))
                      : held;
              response.addSvids(
                  X509SVID
                      .newBuilder()
                      .setSpiffeId(entry.spiffeId())
                      .setX509Svid(der(leaf.chain()))
                      .setX509SvidKey(ByteString.copyFrom(leaf.key().getEncoded()))
                      .setBundle(bundle));
            });
    return response.build();
  }

  private Validity ended(Duration ttl) {
    Instant end = Instant.now().minusSeconds(5);
    return new Validity(end.minus(ttl), end);
  }

  @Override
  public X509BundlesResponse x509Bundles(int uid) {
    X509BundlesResponse.Builder response = X509BundlesResponse.newBuilder();
    if (!of(uid).isEmpty()) {
      response.putBundles(trustDomainId, der(authorities.bundle()));
    }
    return response.build();
  }

  @Override
  public JWTSVIDResponse jwtSvids(int uid, List<String> audience, String spiffeId) {
    JWTSVIDResponse.Builder response = JWTSVIDResponse.newBuilder();
    of(uid).keySet().stream()
        .filter(entry -> spiffeId.isEmpty() || spiffeId.equals(entry.spiffeId()))
        .forEach(
            entry ->
                response.addSvids(
                    JWTSVID
                        .newBuilder()
                        .setSpiffeId(entry.spiffeId())
                        .setSvid(authorities.issueJwt(entry.spiffeId(), audience, JWT_LIFE))));
    return response.build();
  }

  @Override
  public JWTBundlesResponse jwtBundles(int uid) {
    JWTBundlesResponse.Builder response = JWTBundlesResponse.newBuilder();
    if (!of(uid).isEmpty()) {
      JsonArray keys = new JsonArray();
      for (ECKey key : authorities.jwtBundle()) {
        keys.add(new JsonObject(key.toJSONString()).put("use", "jwt-svid"));
      }
      response.putBundles(
          trustDomainId, ByteString.copyFromUtf8(new JsonObject().put("keys", keys).encode()));
    }
    return response.build();
  }

  @Override
  public Optional<JWTClaimsSet> validate(String token, String audience) {
    return authorities.verify(token, audience);
  }

  private ByteString der(List<X509Certificate> certificates) {
    ByteString all = ByteString.EMPTY;
    try {
      for (X509Certificate certificate : certificates) {
        all = all.concat(ByteString.copyFrom(certificate.getEncoded()));
      }
    } catch (CertificateEncodingException broken) {
      throw new IllegalStateException(broken);
    }
    return all;
  }
}
