package dev.leasehold.testbed.vault.sys;

import dev.leasehold.testbed.vault.lease.Lease;
import dev.leasehold.testbed.vault.lease.Leases;
import dev.leasehold.testbed.vault.mount.Call;
import dev.leasehold.testbed.vault.mount.Paths;
import dev.leasehold.testbed.vault.wire.Keys;
import dev.leasehold.testbed.vault.wire.Operation;
import dev.leasehold.testbed.vault.wire.Refusal;
import dev.leasehold.testbed.vault.wire.VaultReply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** {@code sys/leases}. */
public final class SysLeases {
  private final Leases leases;

  public SysLeases(Leases leases) {
    this.leases = leases;
  }

  void addTo(Paths paths) {
    paths
        .on("leases", Operation.READ, this::irrevocable)
        .sudo("leases")
        .on("leases/count", Operation.READ, this::count)
        .on("leases/lookup", Operation.UPDATE, this::lookup)
        .on("leases/lookup/{prefix*}", Operation.LIST, this::list)
        .sudo("leases/lookup/{prefix*}")
        .on("leases/renew", Operation.UPDATE, this::renew)
        .on("leases/revoke", Operation.UPDATE, this::revoke)
        .on("leases/revoke-prefix/{prefix*}", Operation.UPDATE, this::revokePrefix)
        .sudo("leases/revoke-prefix/{prefix*}")
        .on("leases/revoke-force/{prefix*}", Operation.UPDATE, this::revokeForce)
        .sudo("leases/revoke-force/{prefix*}");
  }

  private VaultReply lookup(Call call) {
    Lease lease = leases.find(id(call)).orElseThrow(() -> Refusal.badRequest("invalid lease"));
    return VaultReply.of(lease.lookup(Instant.now()));
  }

  private VaultReply list(Call call) {
    String prefix = call.name("prefix");
    List<String> ids = leases.under(prefix).stream().map(Lease::id).toList();
    return VaultReply.keys(Keys.below(prefix, ids));
  }

  private VaultReply renew(Call call) {
    Lease lease = leases.find(id(call)).orElseThrow(() -> Refusal.badRequest("lease not found"));
    List<String> warnings =
        leases.renew(lease, call.fields().duration("increment").filter(d -> d.isPositive()));
    return VaultReply.lease(lease.id(), true, lease.secondsLeft(Instant.now()), null)
        .withWarnings(warnings);
  }

  private VaultReply revoke(Call call) {
    Optional<Lease> lease = leases.find(id(call));
    boolean sync = call.fields().flag("sync", true);
    lease.ifPresent(sync ? leases::revokeNow : leases::queue);
    return sync ? VaultReply.noContent() : VaultReply.empty(202);
  }

  private VaultReply revokePrefix(Call call) {
    boolean sync = call.fields().flag("sync", true);
    each(call, sync ? leases::revokeNow : leases::queue);
    return sync ? VaultReply.noContent() : VaultReply.empty(202);
  }

  private VaultReply revokeForce(Call call) {
    each(call, leases::forget);
    return VaultReply.noContent();
  }

  private void each(Call call, Consumer<Lease> what) {
    leases.under(call.name("prefix")).forEach(what);
  }

  private VaultReply irrevocable(Call call) {
    JsonArray list = new JsonArray();
    leases
        .irrevocable()
        .forEach(
            lease ->
                list.add(
                    new JsonObject()
                        .put("lease_id", lease.id())
                        .put("error", lease.givenUp().orElse(""))));
    return VaultReply.of(new JsonObject().put("lease_count", list.size()).put("leases", list));
  }

  private VaultReply count(Call call) {
    if (!call.fields().text("type", "").equals("irrevocable")) {
      throw Refusal.absent();
    }
    return VaultReply.of(
        new JsonObject()
            .put("counts", new JsonObject())
            .put("lease_count", leases.irrevocable().size()));
  }

  private static String id(Call call) {
    String id = call.fields().text("lease_id", "");
    if (id.isEmpty()) {
      throw Refusal.badRequest("lease_id must be specified");
    }
    return id;
  }
}
