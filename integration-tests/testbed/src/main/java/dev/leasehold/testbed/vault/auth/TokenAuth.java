package dev.leasehold.testbed.vault.auth;

import dev.leasehold.testbed.vault.mount.Backend;
import dev.leasehold.testbed.vault.mount.Call;
import dev.leasehold.testbed.vault.mount.Paths;
import dev.leasehold.testbed.vault.policy.Policies;
import dev.leasehold.testbed.vault.token.Token;
import dev.leasehold.testbed.vault.token.TokenRole;
import dev.leasehold.testbed.vault.token.Tokens;
import dev.leasehold.testbed.vault.wire.Operation;
import dev.leasehold.testbed.vault.wire.Refusal;
import dev.leasehold.testbed.vault.wire.VaultReply;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/** {@code auth/token}: tokens that make, look up, renew and end tokens. */
public final class TokenAuth implements Backend {
  private final ConcurrentSkipListMap<String, TokenRole> roles = new ConcurrentSkipListMap<>();
  private final Tokens tokens;
  private final TokenCreation creation;
  private final TokenRenewal renewal;
  private final Paths paths;

  /**
   * @param renewers finds the auth method that a login token came from, by the token's path
   */
  public TokenAuth(Tokens tokens, Policies policies, Renewers renewers) {
    this.tokens = tokens;
    this.creation = new TokenCreation(policies);
    this.renewal = new TokenRenewal(tokens, roles, renewers);
    this.paths =
        new Paths()
            .on("create", Operation.UPDATE, this::create)
            .on("create/{role}", Operation.UPDATE, this::createByRole)
            .on("lookup", Operation.UPDATE, this::lookup)
            .on("lookup-self", Operation.READ, call -> found(call.caller(), true))
            .on("lookup-self", Operation.UPDATE, call -> found(call.caller(), true))
            .on("lookup-accessor", Operation.UPDATE, this::lookupAccessor)
            .on("accessors", Operation.LIST, call -> VaultReply.keys(tokens.accessors()))
            .sudo("accessors")
            .on("renew-self", Operation.UPDATE, call -> renewal.renew(call, call.caller()))
            .on("renew", Operation.UPDATE, call -> renewal.renew(call, byId(call)))
            .on("renew-accessor", Operation.UPDATE, call -> renewal.renew(call, byAccessor(call)))
            .on("revoke-self", Operation.UPDATE, call -> revoked(call.caller(), tokens::revoke))
            .on("revoke", Operation.UPDATE, call -> revoke(call, tokens::revoke))
            .on("revoke-orphan", Operation.UPDATE, call -> revoke(call, tokens::revokeAlone))
            .sudo("revoke-orphan")
            .on("revoke-accessor", Operation.UPDATE, this::revokeAccessor)
            .on("roles", Operation.LIST, call -> VaultReply.keys(List.copyOf(roles.keySet())))
            .on("roles/", Operation.LIST, call -> VaultReply.keys(List.copyOf(roles.keySet())))
            .on("roles/{role}", Operation.UPDATE, this::writeRole)
            .on("roles/{role}", Operation.READ, call -> VaultReply.of(role(call).read()))
            .on("roles/{role}", Operation.DELETE, this::deleteRole)
            .existing("roles/{role}", names -> roles.containsKey(names.getOrDefault("role", "")));
  }

  @Override
  public String type() {
    return "token";
  }

  @Override
  public Paths paths() {
    return paths;
  }

  private VaultReply create(Call call) {
    return made(creation.plan(call, null));
  }

  private VaultReply createByRole(Call call) {
    TokenRole role = roles.get(call.name("role"));
    if (role == null) {
      throw Refusal.badRequest("unknown role " + call.name("role"));
    }
    return made(creation.plan(call, role));
  }

  private VaultReply made(TokenCreation.Planned planned) {
    Token token = tokens.create(planned.spec());
    return VaultReply.auth(token.auth(Instant.now())).withWarnings(planned.warnings());
  }

  private VaultReply lookup(Call call) {
    String id = call.fields().text("token", call.caller().id());
    return found(tokens.find(id).orElseThrow(() -> new Refusal(403, List.of("bad token"))), true);
  }

  private VaultReply lookupAccessor(Call call) {
    return found(byAccessor(call), false);
  }

  private static VaultReply found(Token token, boolean withId) {
    return VaultReply.of(token.lookup(Instant.now(), withId));
  }

  private VaultReply revoke(Call call, Consumer<Token> how) {
    tokens.find(call.fields().text("token")).ifPresent(how);
    return VaultReply.noContent();
  }

  private VaultReply revokeAccessor(Call call) {
    Optional<Token> token = tokens.findByAccessor(accessor(call));
    return token
        .map(found -> revoked(found, tokens::revoke))
        .orElseGet(
            () -> VaultReply.empty(200).withWarnings(List.of("No token found with this accessor")));
  }

  private static VaultReply revoked(Token token, Consumer<Token> how) {
    how.accept(token);
    return VaultReply.noContent();
  }

  private Token byId(Call call) {
    return tokens
        .find(call.fields().text("token"))
        .orElseThrow(() -> Refusal.badRequest("token not found"));
  }

  private Token byAccessor(Call call) {
    return tokens
        .findByAccessor(accessor(call))
        .orElseThrow(() -> Refusal.badRequest(Refusal.wrapped("invalid accessor")));
  }

  private static String accessor(Call call) {
    String accessor = call.fields().text("accessor", "");
    if (accessor.isEmpty()) {
      throw Refusal.badRequest(Refusal.wrapped("missing accessor"));
    }
    return accessor;
  }

  private TokenRole role(Call call) {
    return Optional.ofNullable(roles.get(call.name("role"))).orElseThrow(Refusal::absent);
  }

  private VaultReply writeRole(Call call) {
    roles.compute(call.name("role"), (name, had) -> TokenRole.written(name, had, call.fields()));
    return VaultReply.noContent();
  }

  private VaultReply deleteRole(Call call) {
    roles.remove(call.name("role"));
    return VaultReply.noContent();
  }
}
