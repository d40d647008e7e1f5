package dev.leasehold.testbed.vault.sys;

import dev.leasehold.testbed.vault.lease.Leases;
import dev.leasehold.testbed.vault.mount.Call;
import dev.leasehold.testbed.vault.mount.Mounts;
import dev.leasehold.testbed.vault.mount.Mounts.Mount;
import dev.leasehold.testbed.vault.mount.Paths;
import dev.leasehold.testbed.vault.wire.Fields;
import dev.leasehold.testbed.vault.wire.Operation;
import dev.leasehold.testbed.vault.wire.Refusal;
import dev.leasehold.testbed.vault.wire.VaultReply;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;

/** {@code sys/mounts} and {@code sys/auth}. */
public final class SysMounts {
  private static final String AUTH = "auth/";

  private final Mounts mounts;
  private final Catalog catalog;
  private final Leases leases;

  public SysMounts(Mounts mounts, Catalog catalog, Leases leases) {
    this.mounts = mounts;
    this.catalog = catalog;
    this.leases = leases;
  }

  void addTo(Paths paths) {
    paths
        .on("mounts", Operation.READ, call -> list(false))
        .on("mounts/{path*}", Operation.UPDATE, call -> enable(call, ""))
        .on("mounts/{path*}", Operation.READ, call -> read(call, "", "No secret engine mount at "))
        .on("mounts/{path*}", Operation.DELETE, call -> disable(call, ""))
        .on("auth", Operation.READ, call -> list(true))
        .on("auth/{path*}", Operation.UPDATE, call -> enable(call, AUTH))
        .sudo("auth/{path*}")
        .on("auth/{path*}", Operation.READ, call -> read(call, AUTH, "No auth engine at "))
        .on("auth/{path*}", Operation.DELETE, call -> disable(call, AUTH));
  }

  private VaultReply list(boolean auth) {
    JsonObject list = new JsonObject();
    mounts.all().values().stream()
        .filter(mount -> mount.path().startsWith(AUTH) == auth)
        .forEach(
            mount ->
                list.put(auth ? mount.path().substring(AUTH.length()) : mount.path(), told(mount)));
    return VaultReply.of(list);
  }

  private VaultReply read(Call call, String prefix, String absent) {
    String path = slashed(call.name("path"));
    return Optional.ofNullable(mounts.all().get(prefix + path))
        .map(mount -> VaultReply.of(told(mount)))
        .orElseThrow(() -> Refusal.badRequest(absent + path));
  }

  private VaultReply enable(Call call, String prefix) {
    Fields fields = call.fields();
    String type = fields.text("type", "");
    if (type.isEmpty()) {
      throw Refusal.badRequest("backend type must be specified as a string");
    }
    if (type.equals("kv") && !"2".equals(fields.map("options").get("version"))) {
      throw Refusal.badRequest("this stand-in has KV of version 2 only; set options.version");
    }
    String path = prefix + slashed(call.name("path"));
    boolean auth = prefix.equals(AUTH);
    mounts.add(
        path,
        fields.text("description", ""),
        fields.map("options"),
        catalog.make(type, auth, path));
    return VaultReply.noContent();
  }

  private VaultReply disable(Call call, String prefix) {
    String path = prefix + slashed(call.name("path"));
    leases.under(path).forEach(leases::revokeNow);
    mounts.remove(path);
    return VaultReply.noContent();
  }

  private static JsonObject told(Mount mount) {
    Map<String, Object> options = new java.util.TreeMap<>(mount.options());
    return new JsonObject()
        .put("accessor", mount.accessor())
        .put(
            "config",
            new JsonObject()
                .put("default_lease_ttl", 0)
                .put("force_no_cache", false)
                .put("max_lease_ttl", 0))
        .put("description", mount.description())
        .put("external_entropy_access", false)
        .put("local", false)
        .put("options", options.isEmpty() ? null : new JsonObject(options))
        .put("seal_wrap", false)
        .put("type", mount.backend().type());
  }

  private static String slashed(String path) {
    return path.endsWith("/") ? path : path + "/";
  }
}
