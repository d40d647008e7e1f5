package dev.leasehold.testbed.vault.mount;

import dev.leasehold.testbed.vault.mount.Mounts.Mount;
import dev.leasehold.testbed.vault.policy.Acl;
import dev.leasehold.testbed.vault.policy.Policies;
import dev.leasehold.testbed.vault.token.Token;
import dev.leasehold.testbed.vault.token.Tokens;
import dev.leasehold.testbed.vault.wire.Operation;
import dev.leasehold.testbed.vault.wire.Refusal;
import dev.leasehold.testbed.vault.wire.VaultReply;
import dev.leasehold.testbed.vault.wire.VaultRequest;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The way of a request: sealed or not, whose token, what it may, which backend. Thread-safe. */
public final class Core {
  private static final Set<String> WHILE_SEALED =
      Set.of("sys/health", "sys/seal-status", "sys/unseal", "sys/leader");

  /** Old paths that also tell their data outside of the envelope. */
  private static final Pattern FLAT = Pattern.compile("sys/(mounts|auth)\\b");

  /**
   * What came of a request.
   *
   * @param operation as decided on: creation or update
   * @param token of the caller, null where none was accepted
   * @param error empty for a success
   * @param body null where nothing is sent
   */
  public record Outcome(
      Operation operation,
      @Nullable Token token,
      int status,
      String error,
      @Nullable JsonObject body) {}

  private final Mounts mounts;
  private final Tokens tokens;
  private final Policies policies;
  private volatile boolean sealed;

  public Core(Mounts mounts, Tokens tokens, Policies policies) {
    this.mounts = mounts;
    this.tokens = tokens;
    this.policies = policies;
  }

  public boolean sealed() {
    return sealed;
  }

  public void sealed(boolean now) {
    sealed = now;
  }

  /** Serves one request; blocks while a backend works. */
  public Outcome serve(VaultRequest request) {
    Optional<Mount> mount = mounts.find(request.path());
    VaultRequest asked = request;
    Token token = null;
    try {
      if (sealed && !WHILE_SEALED.contains(request.path())) {
        throw Refusal.sealed();
      }
      asked = mount.map(m -> decided(request, m)).orElse(request);
      boolean open =
          mount.filter(m -> m.backend().open().contains(relative(request, m))).isPresent();
      token = open ? null : authenticated(request);
      if (token != null) {
        authorise(asked, token, mount);
      }
      Mount to = mount.orElseThrow(() -> Refusal.noRoute(request.path()));
      Call call = new Call(asked, token, to.path(), java.util.Map.of());
      VaultReply reply = to.backend().paths().handle(relative(request, to), call);
      JsonObject body =
          reply.envelope(open ? "" : to.backend().type(), FLAT.matcher(request.path()).lookingAt());
      return new Outcome(asked.operation(), token, reply.status(), "", body);
    } catch (Refusal refusal) {
      String error = String.valueOf(refusal.getMessage());
      return new Outcome(asked.operation(), token, refusal.status(), error, refusal.body());
    } finally {
      if (token != null && token.usedUp()) {
        tokens.revoke(token);
      }
    }
  }

  private Token authenticated(VaultRequest request) {
    String presented = request.token();
    if (presented == null || presented.isEmpty()) {
      throw new Refusal(403, java.util.List.of("permission denied"));
    }
    return tokens.find(presented).filter(tokens::use).orElseThrow(Refusal::invalidToken);
  }

  private void authorise(VaultRequest request, Token token, Optional<Mount> mount) {
    Acl acl = policies.acl(token.spec().policies());
    boolean wantsSudo =
        mount.filter(m -> m.backend().paths().wantsSudo(relative(request, m))).isPresent();
    if (!acl.allows(request) || (wantsSudo && !acl.sudo(request.path()))) {
      throw Refusal.denied();
    }
  }

  private static VaultRequest decided(VaultRequest request, Mount mount) {
    boolean creates =
        request.operation() == Operation.UPDATE
            && mount.backend().paths().creates(relative(request, mount));
    return creates ? request.as(Operation.CREATE) : request;
  }

  private static String relative(VaultRequest request, Mount mount) {
    return request.path().substring(mount.path().length());
  }
}
