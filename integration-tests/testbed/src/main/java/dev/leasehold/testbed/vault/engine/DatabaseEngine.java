package dev.leasehold.testbed.vault.engine;

import dev.leasehold.testbed.vault.lease.Lease;
import dev.leasehold.testbed.vault.lease.Leases;
import dev.leasehold.testbed.vault.mount.Backend;
import dev.leasehold.testbed.vault.mount.Call;
import dev.leasehold.testbed.vault.mount.Paths;
import dev.leasehold.testbed.vault.token.Secrets;
import dev.leasehold.testbed.vault.wire.Fields;
import dev.leasehold.testbed.vault.wire.Operation;
import dev.leasehold.testbed.vault.wire.Refusal;
import dev.leasehold.testbed.vault.wire.VaultReply;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** {@code database}: real users in a real PostgreSQL, one for each read. */
public final class DatabaseEngine implements Backend {
  private static final int LONGEST_NAME = 63;

  private final ConcurrentSkipListMap<String, DatabaseEntry> entries =
      new ConcurrentSkipListMap<>();
  private final ConcurrentSkipListMap<String, DatabaseRole> roles = new ConcurrentSkipListMap<>();
  private final Leases leases;
  private final Paths paths;

  public DatabaseEngine(Leases leases) {
    this.leases = leases;
    this.paths =
        new Paths()
            .on("config", Operation.LIST, call -> VaultReply.keys(List.copyOf(entries.keySet())))
            .on("config/{name}", Operation.UPDATE, this::writeEntry)
            .on("config/{name}", Operation.READ, this::readEntry)
            .on("config/{name}", Operation.DELETE, this::deleteEntry)
            .existing("config/{name}", names -> entries.containsKey(names.getOrDefault("name", "")))
            .on("roles", Operation.LIST, call -> VaultReply.keys(List.copyOf(roles.keySet())))
            .on("roles/{name}", Operation.UPDATE, this::writeRole)
            .on("roles/{name}", Operation.READ, this::readRole)
            .on("roles/{name}", Operation.DELETE, this::deleteRole)
            .existing("roles/{name}", names -> roles.containsKey(names.getOrDefault("name", "")))
            .on("creds/{name}", Operation.READ, this::creds);
  }

  @Override
  public String type() {
    return "database";
  }

  @Override
  public Paths paths() {
    return paths;
  }

  private VaultReply creds(Call call) {
    String roleName = call.name("name");
    DatabaseRole role = roles.get(roleName);
    if (role == null) {
      throw Refusal.badRequest("unknown role: " + roleName);
    }
    DatabaseEntry entry = entries.get(role.entry());
    if (entry == null) {
      throw Refusal.failed(
          "failed to find entry for connection with name: \"" + role.entry() + "\"");
    }
    entry.check(roleName);
    String display = call.caller().spec().displayName();
    DatabaseUser user =
        new DatabaseUser(entry.userNames().make(display, roleName, LONGEST_NAME), entry, role);
    String password = Secrets.base62(11) + "-" + Secrets.base62(8);
    user.create(password, Instant.now().plus(role.ttl()));
    Lease lease =
        leases.register(call.request().path(), call.caller(), role.ttl(), role.longest(), user);
    return VaultReply.lease(
        lease.id(),
        true,
        role.ttl().toSeconds(),
        new JsonObject().put("password", password).put("username", user.name()));
  }

  private VaultReply writeEntry(Call call) {
    DatabaseEntry had = entries.get(call.name("name"));
    JsonObject merged = had == null ? new JsonObject() : had.written().copy();
    merged.mergeIn(call.request().body());
    entries.put(call.name("name"), DatabaseEntry.written(new Fields(merged)));
    if (had != null) {
      had.server().close();
    }
    return VaultReply.noContent();
  }

  private VaultReply readEntry(Call call) {
    return VaultReply.of(found(entries.get(call.name("name"))).read());
  }

  private VaultReply deleteEntry(Call call) {
    DatabaseEntry had = entries.remove(call.name("name"));
    if (had != null) {
      had.server().close();
    }
    return VaultReply.noContent();
  }

  private VaultReply writeRole(Call call) {
    DatabaseRole had = roles.get(call.name("name"));
    JsonObject merged = had == null ? new JsonObject() : had.read();
    merged.mergeIn(call.request().body());
    roles.put(call.name("name"), DatabaseRole.written(new Fields(merged)));
    return VaultReply.noContent();
  }

  private VaultReply readRole(Call call) {
    return VaultReply.of(found(roles.get(call.name("name"))).read());
  }

  private VaultReply deleteRole(Call call) {
    roles.remove(call.name("name"));
    return VaultReply.noContent();
  }

  private static <T> T found(@org.jspecify.annotations.Nullable T thing) {
    return Optional.ofNullable(thing).orElseThrow(Refusal::absent);
  }
}
