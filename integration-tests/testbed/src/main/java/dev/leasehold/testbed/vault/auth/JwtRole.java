package dev.leasehold.testbed.vault.auth;

import dev.leasehold.testbed.vault.token.Logins.Settings;
import dev.leasehold.testbed.vault.wire.Fields;
import dev.leasehold.testbed.vault.wire.Globs;
import dev.leasehold.testbed.vault.wire.Refusal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A role of {@code auth/jwt}: which tokens are accepted, and what theirs get. */
record JwtRole(
    String name,
    String userClaim,
    List<String> audiences,
    String subject,
    boolean globs,
    Map<String, List<String>> claims,
    Duration expirationLeeway,
    Duration notBeforeLeeway,
    Duration skewLeeway,
    JsonObject written,
    Settings settings) {
  private static final Duration DEFAULT_LEEWAY = Duration.ofSeconds(150);
  private static final Duration DEFAULT_SKEW = Duration.ofSeconds(60);

  static JwtRole written(String name, JsonObject json) {
    Fields fields = new Fields(json);
    if (!fields.text("role_type", "oidc").equals("jwt")) {
      throw Refusal.badRequest("this stand-in has jwt roles only; set role_type");
    }
    String userClaim = fields.text("user_claim", "");
    if (userClaim.isEmpty()) {
      throw Refusal.badRequest("a user claim must be defined on the role");
    }
    JsonObject claims = json.getJsonObject("bound_claims", new JsonObject());
    Fields bound = new Fields(claims);
    JwtRole role =
        new JwtRole(
            name,
            userClaim,
            fields.list("bound_audiences"),
            fields.text("bound_subject", ""),
            fields.text("bound_claims_type", "string").equals("glob"),
            claims.fieldNames().stream()
                .collect(java.util.stream.Collectors.toMap(c -> c, bound::texts)),
            leeway(fields, "expiration_leeway", DEFAULT_LEEWAY),
            leeway(fields, "not_before_leeway", DEFAULT_LEEWAY),
            leeway(fields, "clock_skew_leeway", DEFAULT_SKEW),
            json,
            Settings.of(fields));
    if (role.audiences.isEmpty() && role.subject.isEmpty() && role.claims.isEmpty()) {
      throw Refusal.badRequest(
          "must have at least one bound constraint when creating/updating a role");
    }
    return role;
  }

  private static Duration leeway(Fields fields, String name, Duration otherwise) {
    return fields.duration(name).filter(Duration::isPositive).orElse(otherwise);
  }

  /** Refuses a token whose times, audience, subject or claims are not this role's. */
  void check(JsonObject token, Instant now) {
    Optional<Instant> expires = time(token, "exp");
    Optional<Instant> issued = time(token, "iat");
    Instant from = time(token, "nbf").or(() -> issued).orElse(Instant.EPOCH);
    Instant until = expires.orElse(from.plus(expirationLeeway.multipliedBy(2)));
    if (now.plus(skewLeeway).isBefore(from)) {
      throw invalid("not before (nbf) claim: token not yet valid");
    }
    if (now.isAfter(
        until.plus(skewLeeway).plus(expires.isPresent() ? expirationLeeway : Duration.ZERO))) {
      throw invalid("expiration time (exp) claim: token is expired");
    }
    if (!subject.isEmpty() && !subject.equals(token.getString("sub"))) {
      throw invalid("subject (sub) claim");
    }
    List<String> given = new Fields(token).texts("aud");
    if (!audiences.isEmpty() && given.stream().noneMatch(audiences::contains)) {
      throw invalid("audience (aud) claim: audience claim does not match any expected audience");
    }
    claims.forEach((claim, wanted) -> checkClaim(claim, wanted, new Fields(token).texts(claim)));
  }

  private void checkClaim(String claim, List<String> wanted, List<String> given) {
    if (given.isEmpty()) {
      throw Refusal.badRequest("error validating claims: claim \"" + claim + "\" is missing");
    }
    boolean fits =
        given.stream()
            .anyMatch(
                value ->
                    wanted.stream()
                        .anyMatch(w -> globs ? Globs.anywhere(w, value) : w.equals(value)));
    if (!fits) {
      throw Refusal.badRequest(
          "error validating claims: claim \"%s\" does not match any associated bound claim values"
              .formatted(claim));
    }
  }

  private static Optional<Instant> time(JsonObject token, String claim) {
    return Optional.ofNullable(token.getLong(claim)).map(Instant::ofEpochSecond);
  }

  private static Refusal invalid(String what) {
    return Refusal.badRequest("error validating token: invalid " + what);
  }

  JsonObject read() {
    Fields fields = new Fields(written);
    return new JsonObject()
        .put("allowed_redirect_uris", null)
        .put("bound_audiences", audiences.isEmpty() ? null : new JsonArray(audiences))
        .put("bound_claims", written.getJsonObject("bound_claims"))
        .put("bound_claims_type", globs ? "glob" : "string")
        .put("bound_subject", subject)
        .put("claim_mappings", null)
        .put("clock_skew_leeway", seconds(fields, "clock_skew_leeway"))
        .put("expiration_leeway", seconds(fields, "expiration_leeway"))
        .put("groups_claim", "")
        .put("not_before_leeway", seconds(fields, "not_before_leeway"))
        .put("role_type", "jwt")
        .put("user_claim", userClaim)
        .put("user_claim_json_pointer", false)
        .mergeIn(settings.read());
  }

  private static long seconds(Fields fields, String name) {
    return fields.duration(name).orElse(Duration.ZERO).toSeconds();
  }
}
