package dev.leasehold.testbed.vault.auth;

import dev.leasehold.testbed.vault.mount.Call;
import dev.leasehold.testbed.vault.policy.Policies;
import dev.leasehold.testbed.vault.token.Life;
import dev.leasehold.testbed.vault.token.Token;
import dev.leasehold.testbed.vault.token.TokenRole;
import dev.leasehold.testbed.vault.token.TokenSpec;
import dev.leasehold.testbed.vault.wire.Fields;
import dev.leasehold.testbed.vault.wire.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Works out what a new child token gets: the wish, within the role or the parent. */
final class TokenCreation {
  private final Policies policies;

  TokenCreation(Policies policies) {
    this.policies = policies;
  }

  /** A token to be made, and what the caller is warned of. */
  record Planned(TokenSpec spec, List<String> warnings) {}

  Planned plan(Call call, @Nullable TokenRole role) {
    Token parent = call.caller();
    Fields wish = call.fields();
    if (parent.spec().uses() > 0) {
      throw Refusal.badRequest("restricted use token cannot generate child tokens");
    }
    List<String> granted =
        role == null ? withoutRole(call, wish) : role.policies(wish.list("policies"));
    boolean orphan = role != null ? role.orphan() : wish.flag("no_parent", false);
    List<String> warnings = new ArrayList<>();
    Duration cap = cap(wish, role, warnings);
    Life life = life(wish, role, cap, granted);
    warnings.addAll(life.warnings());
    granted.stream()
        .filter(name -> policies.text(name).isEmpty())
        .sorted()
        .forEach(name -> warnings.add("Policy \"" + name + "\" does not exist"));
    TokenSpec spec =
        new TokenSpec(
            orphan ? null : parent,
            call.request().path(),
            displayName(wish),
            granted,
            wish.map("meta"),
            life.ttl(),
            role == null ? cap : wish.duration("explicit_max_ttl").orElse(Duration.ZERO),
            role == null ? Duration.ZERO : role.period(),
            role == null ? wish.number("num_uses", 0) : role.uses(),
            !life.ttl().isZero()
                && wish.flag("renewable", true)
                && (role == null || role.renewable()),
            role == null ? "" : role.name(),
            orphan ? "" : parent.spec().entity(),
            Map.of());
    return new Planned(spec, warnings);
  }

  private List<String> withoutRole(Call call, Fields wish) {
    List<String> own = call.caller().spec().policies();
    List<String> wanted = wish.list("policies");
    boolean sudo = policies.acl(own).sudo(call.request().path());
    if (wish.flag("no_parent", false) && !sudo) {
      throw Refusal.badRequest("root or sudo privileges required to create orphan token");
    }
    if (!sudo && !own.containsAll(wanted)) {
      throw Refusal.badRequest("child policies must be subset of parent");
    }
    List<String> granted = wanted.isEmpty() ? own : wanted;
    if (granted.contains("root") && !own.contains("root")) {
      throw Refusal.badRequest("root tokens may not be created without parent token being root");
    }
    boolean bare = wish.flag("no_default_policy", false) || granted.contains("root");
    return bare
        ? granted
        : Stream.concat(granted.stream(), Stream.of("default")).distinct().toList();
  }

  private static Duration cap(Fields wish, @Nullable TokenRole role, List<String> warnings) {
    Duration ofCall = wish.duration("explicit_max_ttl").orElse(Duration.ZERO);
    Duration ofRole = role == null ? Duration.ZERO : role.explicitMax();
    if (ofCall.isZero() || ofRole.isZero()) {
      return ofCall.isZero() ? ofRole : ofCall;
    }
    Duration lesser = ofCall.compareTo(ofRole) < 0 ? ofCall : ofRole;
    warnings.add(
        "Explicit max TTL specified both during creation call and in role; using the lesser value"
            + " of "
            + lesser.toSeconds()
            + " seconds");
    return lesser;
  }

  private static Life life(
      Fields wish, @Nullable TokenRole role, Duration cap, List<String> granted) {
    Duration wanted = wish.duration("ttl").orElse(Duration.ZERO);
    if (wanted.isZero() && cap.isZero() && granted.contains("root")) {
      return new Life(Duration.ZERO, List.of());
    }
    if (role != null && !role.period().isZero()) {
      wanted = role.period();
    }
    return Life.granted(wanted.isZero() ? Life.SYSTEM : wanted, cap.isZero() ? Life.SYSTEM : cap);
  }

  private static String displayName(Fields wish) {
    String name =
        wish.text("display_name", "").replaceAll("[^a-zA-Z0-9-]", "-").replaceFirst("-+$", "");
    return name.isEmpty() ? "token" : "token-" + name;
  }
}
