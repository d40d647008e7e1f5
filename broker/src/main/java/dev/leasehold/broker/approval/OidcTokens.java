package dev.leasehold.broker.approval;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Verifies the tokens of one OpenID provider (OpenID Connect Core §3.1.3.7). Safe for threads. */
final class OidcTokens {
  private static final Logger log = LoggerFactory.getLogger(OidcTokens.class);
  private static final int MOST_BYTES = 1 << 20;
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  /**
   * @param subject issuer and subject, which together name one human
   * @param authenticatedAt {@code auth_time}; the beginning of time where the token has none
   */
  record Proof(String subject, Instant authenticatedAt) {}

  private final ApproverRule.Oidc rule;
  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

  private OidcTokens(ApproverRule.Oidc rule, JWKSource<SecurityContext> keys, InstantSource clock) {
    this.rule = rule;
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys));
    processor.setJWTClaimsSetVerifier(
        new DefaultJWTClaimsVerifier<>(
            rule.audience(),
            new JWTClaimsSet.Builder().issuer(rule.issuer()).build(),
            Set.of("sub", "exp")) {
          @Override
          protected Date currentTime() {
            return Date.from(clock.instant());
          }
        });
  }

  /**
   * Reads the provider's keys where they are a file; blocks.
   *
   * @throws IOException when they cannot be read
   */
  static OidcTokens of(ApproverRule.Oidc rule, InstantSource clock) throws IOException {
    return new OidcTokens(
        rule,
        rule.keys().isPresent() ? read(rule.keys().get()) : DiscoveredKeys.of(rule.issuer()),
        clock);
  }

  private static JWKSource<SecurityContext> read(Path keys) throws IOException {
    try {
      if (Files.size(keys) > MOST_BYTES) {
        throw new IOException(keys + " is too long for a JWK set");
      }
      return new ImmutableJWKSet<>(JWKSet.parse(Files.readString(keys)));
    } catch (ParseException wrong) {
      throw new IOException(keys + " is no JWK set (RFC 7517)", wrong);
    }
  }

  /** Empty when the token proves nothing here. Blocks where the keys have to be found. */
  Optional<Proof> verify(String token) {
    try {
      JWTClaimsSet claims = processor.process(token, null);
      if (!hasValue(claims)) {
        return Optional.empty();
      }
      Date when = claims.getDateClaim("auth_time");
      return Optional.of(
          new Proof(
              claims.getIssuer() + "#" + claims.getSubject(),
              when == null ? Instant.MIN : when.toInstant()));
    } catch (KeySourceException unknown) {
      log.warn(
          "event=approver_keys_unavailable issuer={} cause=\"{}\"",
          rule.issuer(),
          unknown.getMessage());
      return Optional.empty();
    } catch (ParseException | BadJOSEException | JOSEException unproven) {
      return Optional.empty();
    }
  }

  private boolean hasValue(JWTClaimsSet claims) {
    return switch (claims.getClaim(rule.claim())) {
      case String text -> rule.values().contains(text);
      case List<?> list ->
          list.stream()
              .anyMatch(item -> item instanceof String text && rule.values().contains(text));
      case null, default -> false;
    };
  }
}
