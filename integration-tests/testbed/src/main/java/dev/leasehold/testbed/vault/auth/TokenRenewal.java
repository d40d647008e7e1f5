package dev.leasehold.testbed.vault.auth;

import dev.leasehold.testbed.vault.mount.Call;
import dev.leasehold.testbed.vault.token.Life;
import dev.leasehold.testbed.vault.token.Logins.Settings;
import dev.leasehold.testbed.vault.token.Token;
import dev.leasehold.testbed.vault.token.TokenRole;
import dev.leasehold.testbed.vault.token.Tokens;
import dev.leasehold.testbed.vault.wire.Refusal;
import dev.leasehold.testbed.vault.wire.VaultReply;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Renewals. A token made through a role is bound by what the role says now, not by the cap that its
 * creation named; a login token by its auth method.
 */
final class TokenRenewal {
  /** What a renewal gives by itself, and how long the token may live in all. */
  private record Bounds(Duration ttl, Duration max) {}

  private final Tokens tokens;
  private final Map<String, TokenRole> roles;
  private final Renewers renewers;

  TokenRenewal(Tokens tokens, Map<String, TokenRole> roles, Renewers renewers) {
    this.tokens = tokens;
    this.roles = roles;
    this.renewers = renewers;
  }

  VaultReply renew(Call call, Token token) {
    if (!token.spec().renewable()) {
      throw Refusal.badRequest("lease is not renewable");
    }
    Bounds bounds = bounds(call, token);
    Instant now = Instant.now();
    Duration wanted =
        call.fields()
            .duration("increment")
            .filter(Duration::isPositive)
            .orElse(bounds.ttl.isZero() ? Life.SYSTEM : bounds.ttl);
    Instant end = token.created().plus(bounds.max.isZero() ? Life.SYSTEM : bounds.max);
    Life life = Life.granted(wanted, Duration.between(now, end));
    tokens.renew(token, life.ttl(), Optional.of(end));
    return VaultReply.auth(token.auth(Instant.now())).withWarnings(life.warnings());
  }

  private Bounds bounds(Call call, Token token) {
    Optional<LoginRenewer> method = renewers.of(token.spec().path());
    if (method.isPresent()) {
      Settings settings = method.get().renewing(token, call.request());
      return new Bounds(
          settings.ttl(),
          settings.explicitMax().isZero() ? settings.maxTtl() : settings.explicitMax());
    }
    if (token.spec().role().isEmpty()) {
      return new Bounds(token.spec().ttl(), token.spec().explicitMax());
    }
    TokenRole role = roles.get(token.spec().role());
    if (role == null) {
      throw Refusal.badRequest(
          "original token role \"%s\" could not be found, not renewing"
              .formatted(token.spec().role()));
    }
    return role.period().isZero()
        ? new Bounds(token.spec().ttl(), role.explicitMax())
        : new Bounds(role.period(), role.explicitMax());
  }
}
