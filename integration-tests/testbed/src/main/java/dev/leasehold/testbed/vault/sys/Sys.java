package dev.leasehold.testbed.vault.sys;

import dev.leasehold.testbed.vault.mount.Backend;
import dev.leasehold.testbed.vault.mount.Call;
import dev.leasehold.testbed.vault.mount.Core;
import dev.leasehold.testbed.vault.mount.Paths;
import dev.leasehold.testbed.vault.wire.Operation;
import dev.leasehold.testbed.vault.wire.VaultReply;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/** {@code sys}: health and seal here, the rest put together from its parts. */
public final class Sys implements Backend {
  /** The version whose answers the contract suite compares with. */
  public static final String VERSION = "1.21.1";

  private final Core core;
  private final ConcurrentSkipListMap<String, JsonObject> auditDevices =
      new ConcurrentSkipListMap<>();
  private final Paths paths =
      new Paths()
          .on("health", Operation.READ, this::health)
          .on("seal-status", Operation.READ, this::sealStatus)
          .on("seal", Operation.UPDATE, this::seal)
          .sudo("seal")
          .on("audit", Operation.READ, this::auditDevices)
          .sudo("audit")
          .on("audit/{path}", Operation.UPDATE, this::enableAudit)
          .sudo("audit/{path}");

  public Sys(Core core, SysMounts mounts, SysPolicies policies, SysLeases leases) {
    this.core = core;
    mounts.addTo(paths);
    policies.addTo(paths);
    leases.addTo(paths);
  }

  @Override
  public String type() {
    return "system";
  }

  @Override
  public Paths paths() {
    return paths;
  }

  @Override
  public Set<String> open() {
    return Set.of("health", "seal-status");
  }

  private VaultReply health(Call call) {
    JsonObject health =
        new JsonObject()
            .put("initialized", true)
            .put("sealed", core.sealed())
            .put("standby", core.sealed())
            .put("performance_standby", false)
            .put("replication_performance_mode", core.sealed() ? "unknown" : "disabled")
            .put("replication_dr_mode", core.sealed() ? "unknown" : "disabled")
            .put("server_time_utc", Instant.now().getEpochSecond())
            .put("version", VERSION)
            .put("enterprise", false);
    return VaultReply.bare(core.sealed() ? 503 : 200, health);
  }

  private VaultReply sealStatus(Call call) {
    return VaultReply.bare(
        200,
        new JsonObject()
            .put("type", "shamir")
            .put("initialized", true)
            .put("sealed", core.sealed())
            .put("t", 1)
            .put("n", 1)
            .put("progress", 0)
            .put("nonce", "")
            .put("version", VERSION)
            .put("storage_type", "inmem"));
  }

  private VaultReply seal(Call call) {
    core.sealed(true);
    return VaultReply.noContent();
  }

  private VaultReply auditDevices(Call call) {
    JsonObject devices = new JsonObject();
    auditDevices.forEach((path, device) -> devices.put(path + "/", device));
    return VaultReply.of(devices);
  }

  private VaultReply enableAudit(Call call) {
    auditDevices.put(call.name("path"), call.request().body().copy());
    return VaultReply.noContent();
  }
}
