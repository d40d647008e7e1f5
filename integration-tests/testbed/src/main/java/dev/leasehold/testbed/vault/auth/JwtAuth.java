package dev.leasehold.testbed.vault.auth;

import dev.leasehold.testbed.vault.mount.Backend;
import dev.leasehold.testbed.vault.mount.Call;
import dev.leasehold.testbed.vault.mount.Paths;
import dev.leasehold.testbed.vault.token.Logins;
import dev.leasehold.testbed.vault.token.Logins.Proven;
import dev.leasehold.testbed.vault.token.Logins.Settings;
import dev.leasehold.testbed.vault.token.Token;
import dev.leasehold.testbed.vault.wire.Operation;
import dev.leasehold.testbed.vault.wire.Refusal;
import dev.leasehold.testbed.vault.wire.VaultReply;
import dev.leasehold.testbed.vault.wire.VaultRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/** {@code auth/jwt}: login by a signed token, with public keys that were configured. */
public final class JwtAuth implements Backend, LoginRenewer {
  private final ConcurrentSkipListMap<String, JwtRole> roles = new ConcurrentSkipListMap<>();
  private final Logins logins;
  private final Paths paths;
  private volatile List<String> pems = List.of();
  private volatile JwtKeys keys = new JwtKeys(List.of());

  public JwtAuth(Logins logins) {
    this.logins = logins;
    this.paths =
        new Paths()
            .on("config", Operation.UPDATE, this::configure)
            .on("config", Operation.READ, this::configuration)
            .on("login", Operation.UPDATE, this::login)
            .on("role", Operation.LIST, call -> VaultReply.keys(List.copyOf(roles.keySet())))
            .on("role/", Operation.LIST, call -> VaultReply.keys(List.copyOf(roles.keySet())))
            .on("role/{role}", Operation.UPDATE, this::write)
            .on("role/{role}", Operation.READ, this::read)
            .on("role/{role}", Operation.DELETE, this::delete)
            .existing("role/{role}", names -> roles.containsKey(names.getOrDefault("role", "")));
  }

  @Override
  public String type() {
    return "jwt";
  }

  @Override
  public Paths paths() {
    return paths;
  }

  @Override
  public Set<String> open() {
    return Set.of("login");
  }

  private VaultReply configure(Call call) {
    List<String> written = call.fields().texts("jwt_validation_pubkeys");
    if (written.isEmpty()) {
      throw Refusal.badRequest("this stand-in takes jwt_validation_pubkeys only");
    }
    keys = JwtKeys.of(written);
    pems = written.stream().map(String::strip).toList();
    return VaultReply.noContent();
  }

  private VaultReply configuration(Call call) {
    if (pems.isEmpty()) {
      throw Refusal.absent();
    }
    return VaultReply.of(
        new JsonObject()
            .put("bound_issuer", "")
            .put("default_role", "")
            .put("jwks_url", "")
            .put("jwt_supported_algs", new JsonArray())
            .put("jwt_validation_pubkeys", new JsonArray(pems))
            .put("oidc_discovery_url", ""));
  }

  private VaultReply login(Call call) {
    String roleName = call.fields().text("role", "");
    if (roleName.isEmpty()) {
      throw Refusal.badRequest("missing role");
    }
    JwtRole role = roles.get(roleName);
    if (role == null) {
      throw Refusal.badRequest("role \"" + roleName + "\" could not be found");
    }
    String jwt = call.fields().text("jwt", "");
    if (jwt.isEmpty()) {
      throw Refusal.badRequest("missing token");
    }
    JsonObject claims = verified(jwt);
    role.check(claims, Instant.now());
    String user = claims.getString(role.userClaim());
    if (user == null) {
      throw Refusal.badRequest("claim \"" + role.userClaim() + "\" not found in token");
    }
    Proven who =
        new Proven(call.mount(), user, user, Map.of("role", roleName), Map.of("role", roleName));
    return VaultReply.auth(logins.issue(who, role.settings()).auth(Instant.now()));
  }

  private JsonObject verified(String jwt) {
    String[] parts = jwt.split("\\.", -1);
    if (parts.length != 3) {
      throw unverified("go-jose/go-jose: compact JWS format must have three parts");
    }
    try {
      String algorithm = json(parts[0]).getString("alg", "");
      byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
      if (!keys.signed(algorithm, parts[0] + "." + parts[1], signature)) {
        throw unverified("no known key successfully validated the token signature");
      }
      return json(parts[1]);
    } catch (IllegalArgumentException | DecodeException unreadable) {
      throw unverified("go-jose/go-jose: malformed token");
    }
  }

  private static JsonObject json(String part) {
    return new JsonObject(new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8));
  }

  private static Refusal unverified(String why) {
    return Refusal.badRequest("error validating token: error verifying token signature: " + why);
  }

  /** Nothing is proven again; the role must still be there. */
  @Override
  public Settings renewing(Token token, VaultRequest request) {
    JwtRole role = roles.get(token.spec().proof().getOrDefault("role", ""));
    if (role == null) {
      throw Refusal.failed("role does not exist during renewal");
    }
    return role.settings();
  }

  private VaultReply write(Call call) {
    roles.compute(
        call.name("role"),
        (name, had) -> {
          JsonObject merged = had == null ? new JsonObject() : had.written().copy();
          return JwtRole.written(name, merged.mergeIn(call.request().body()));
        });
    return VaultReply.noContent();
  }

  private VaultReply read(Call call) {
    return VaultReply.of(
        Optional.ofNullable(roles.get(call.name("role"))).orElseThrow(Refusal::absent).read());
  }

  private VaultReply delete(Call call) {
    roles.remove(call.name("role"));
    return VaultReply.noContent();
  }
}
