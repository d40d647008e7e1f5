package dev.leasehold.broker.vault;

import dev.leasehold.broker.identity.Identity;
import dev.leasehold.broker.identity.IdentityException;
import dev.leasehold.broker.identity.IdentitySnapshot;
import dev.leasehold.broker.secret.GenerationEvents;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.SecretStoreException.Kind;
import dev.leasehold.broker.secret.SecretValue;
import dev.leasehold.broker.telemetry.BootClock;
import io.github.jopenlibs.vault.json.Json;
import io.github.jopenlibs.vault.json.JsonObject;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a generation begins: log in, check what came back, have it remembered, make the heartbeat.
 * What may more than it should is revoked before anything is done with it.
 */
final class GenerationLogin {
  private static final Logger log = LoggerFactory.getLogger(GenerationLogin.class);

  private final VaultConfig config;
  private final Identity identity;
  private final VaultClient client;
  private final BootClock clock;
  private final SecureRandom random = new SecureRandom();

  GenerationLogin(VaultConfig config, Identity identity, VaultClient client, BootClock clock) {
    this.config = config;
    this.identity = identity;
    this.client = client;
    this.clock = clock;
  }

  /** Blocks until there is a generation or a reason why not; leaves no token behind on failure. */
  Generation open(IdentitySnapshot snapshot, GenerationEvents events) throws SecretStoreException {
    client.use(VaultLink.open(config, snapshot));
    long loginBegan = clock.nanos();
    TokenGrant login = logIn(snapshot);
    refuseUnless(login, Set.of(config.login().policy()), "login", login.token());
    String id = newId();
    events.opened(id, login.accessor(), Instant.now().plus(login.life()));
    try {
      long heartbeatBegan = clock.nanos();
      TokenGrant heartbeat = makeHeartbeat(id, login.token());
      return new Generation(
          id,
          snapshot,
          login,
          loginBegan + login.life().toNanos(),
          heartbeat,
          heartbeatBegan + heartbeat.life().toNanos());
    } catch (SecretStoreException | RuntimeException failed) {
      if (revoke(login.token())) {
        events.closed(id);
      }
      throw failed;
    }
  }

  private TokenGrant logIn(IdentitySnapshot snapshot) throws SecretStoreException {
    VaultConfig.Login login = config.login();
    String path = login.mount() + "/login";
    VaultRequest request =
        switch (login.method()) {
          case CERT -> VaultRequest.login(path, new JsonObject().add("name", login.role()));
          case JWT ->
              VaultRequest.login(
                  path,
                  new JsonObject().add("role", login.role()).add("jwt", jwtSvid(login.audience())));
        };
    try {
      return TokenGrant.of(request, client.call(request));
    } catch (SecretStoreException refused) {
      throw explained(refused, snapshot);
    }
  }

  private String jwtSvid(Optional<String> audience) throws SecretStoreException {
    try {
      return identity.withJwtSvid(audience.orElseThrow(), token -> token);
    } catch (IdentityException none) {
      throw new SecretStoreException(Kind.NO_IDENTITY, none.getMessage() + "", null, none);
    }
  }

  /** Adds what most often is behind two refusals whose own words do not tell. */
  private SecretStoreException explained(SecretStoreException refused, IdentitySnapshot snapshot) {
    String message = String.valueOf(refused.getMessage());
    String hint =
        switch (refused.kind()) {
          case INVALID ->
              message.contains("missing name in alias")
                  ? "; the SVID has no common name: give its SPIRE entry a DNS name (-dns), or use"
                      + " login method jwt"
                  : "; is the auth role there, and its CA bundle up to date? leasehold vault diff"
                      + " compares";
          case DENIED -> "; does the auth role allow " + snapshot.spiffeId() + "?";
          case UNAVAILABLE, UNANSWERED, NO_IDENTITY -> "";
        };
    return new SecretStoreException(
        refused.kind(), message + hint, refused.retryAfter().orElse(null), refused);
  }

  private TokenGrant makeHeartbeat(String id, SecretValue loginToken) throws SecretStoreException {
    VaultConfig.Heartbeat heartbeat = config.heartbeat();
    VaultRequest request =
        VaultRequest.post(
            Operation.CREATE_HEARTBEAT,
            "auth/token/create/" + heartbeat.role(),
            loginToken,
            new JsonObject()
                .add("policies", Json.array(heartbeat.policy()))
                .add("no_default_policy", true)
                .add("renewable", true)
                .add("ttl", heartbeat.ttl().toSeconds() + "s")
                .add("display_name", "leasehold-heartbeat")
                .add("meta", new JsonObject().add("generation", id)));
    TokenGrant grant = TokenGrant.of(request, client.call(request));
    refuseUnless(grant, Set.of(heartbeat.policy()), "heartbeat", grant.token());
    if (grant.orphan() || !grant.renewable() || !grant.life().isPositive()) {
      throw new SecretStoreException(
          Kind.DENIED,
          "the heartbeat token is not a renewable child of the login: leasehold vault diff says"
              + " what its token role should be");
    }
    return grant;
  }

  private void refuseUnless(
      TokenGrant grant, Set<String> policies, String level, SecretValue revokeWith)
      throws SecretStoreException {
    Optional<String> difference = grant.differsFrom(policies);
    if (difference.isEmpty()) {
      return;
    }
    boolean revoked = revoke(revokeWith);
    log.error("vault=refused level={} revoked={} reason=\"{}\"", level, revoked, difference.get());
    throw new SecretStoreException(
        Kind.DENIED,
        "the "
            + level
            + " token was refused, "
            + difference.get()
            + ": leasehold vault diff says what is wider than needed");
  }

  private boolean revoke(SecretValue token) {
    try {
      client.call(VaultRequest.post(Operation.REVOKE_SELF, "auth/token/revoke-self", token));
      return true;
    } catch (SecretStoreException failed) {
      log.warn("vault=not-revoked reason=\"{}\"", failed.getMessage());
      return false;
    } finally {
      token.destroy();
    }
  }

  private String newId() {
    byte[] bytes = new byte[6];
    random.nextBytes(bytes);
    return "g-" + HexFormat.of().formatHex(bytes);
  }
}
