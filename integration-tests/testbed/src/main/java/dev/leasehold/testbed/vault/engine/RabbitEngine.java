package dev.leasehold.testbed.vault.engine;

import dev.leasehold.testbed.vault.lease.Lease;
import dev.leasehold.testbed.vault.lease.LeasedSecret;
import dev.leasehold.testbed.vault.lease.Leases;
import dev.leasehold.testbed.vault.mount.Backend;
import dev.leasehold.testbed.vault.mount.Call;
import dev.leasehold.testbed.vault.mount.Paths;
import dev.leasehold.testbed.vault.token.Life;
import dev.leasehold.testbed.vault.token.Secrets;
import dev.leasehold.testbed.vault.wire.Operation;
import dev.leasehold.testbed.vault.wire.Refusal;
import dev.leasehold.testbed.vault.wire.VaultReply;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** {@code rabbitmq}: real users in a real RabbitMQ, one for each read. */
public final class RabbitEngine implements Backend {
  /** Tags and permissions of the users of a role, as they were written. */
  private record Role(String tags, String vhosts) {
    JsonObject permissions() {
      return vhosts.isEmpty() ? new JsonObject() : new JsonObject(vhosts);
    }
  }

  /** How long users live. */
  private record Lives(Duration ttl, Duration maxTtl) {}

  /** One user, made for one lease. */
  private record User(String name, RabbitConnection server) implements LeasedSecret {
    @Override
    public void extend(Instant until) {}

    @Override
    public void end() throws IOException {
      server.deleteUser(name);
    }
  }

  private final ConcurrentSkipListMap<String, Role> roles = new ConcurrentSkipListMap<>();
  private final Leases leases;
  private final Paths paths;
  private volatile @Nullable RabbitConnection connection;
  private volatile Lives lives = new Lives(Life.SYSTEM, Life.SYSTEM);

  public RabbitEngine(Leases leases) {
    this.leases = leases;
    this.paths =
        new Paths()
            .on("config/connection", Operation.UPDATE, this::connect)
            .on("config/lease", Operation.UPDATE, this::writeLives)
            .on("config/lease", Operation.READ, call -> readLives())
            .on("roles", Operation.LIST, call -> VaultReply.keys(List.copyOf(roles.keySet())))
            .on("roles/{name}", Operation.UPDATE, this::writeRole)
            .on("roles/{name}", Operation.READ, this::readRole)
            .on("roles/{name}", Operation.DELETE, this::deleteRole)
            .on("creds/{name}", Operation.READ, this::creds);
  }

  @Override
  public String type() {
    return "rabbitmq";
  }

  @Override
  public Paths paths() {
    return paths;
  }

  private VaultReply connect(Call call) {
    RabbitConnection to =
        RabbitConnection.of(
            call.fields().text("connection_uri"),
            call.fields().text("username"),
            call.fields().text("password"));
    if (call.fields().flag("verify_connection", true)) {
      try {
        to.verify();
      } catch (IOException e) {
        throw Refusal.badRequest("failed to validate the connection: " + e.getMessage());
      }
    }
    connection = to;
    return VaultReply.noContent();
  }

  private VaultReply creds(Call call) {
    String roleName = call.name("name");
    Role role = roles.get(roleName);
    if (role == null) {
      throw Refusal.badRequest("unknown role: " + roleName);
    }
    RabbitConnection server = connection;
    if (server == null) {
      throw Refusal.failed("failed to read configuration: no connection");
    }
    User user = new User(call.caller().spec().displayName() + "-" + UUID.randomUUID(), server);
    String password = Secrets.base62(36);
    create(user, password, role);
    Lives now = lives;
    Lease lease = leases.register(call.request().path(), call.caller(), now.ttl, now.maxTtl, user);
    JsonObject data = new JsonObject().put("password", password).put("username", user.name);
    return VaultReply.lease(lease.id(), true, now.ttl.toSeconds(), data);
  }

  private static void create(User user, String password, Role role) {
    try {
      user.server.putUser(user.name, password, role.tags);
      for (String vhost : role.permissions().fieldNames()) {
        user.server.permit(user.name, vhost, role.permissions().getJsonObject(vhost));
      }
    } catch (IOException e) {
      try {
        user.end();
      } catch (IOException unended) {
        e.addSuppressed(unended);
      }
      throw Refusal.failed("failed to create a new user: " + e.getMessage());
    }
  }

  private VaultReply writeLives(Call call) {
    Duration ttl = call.fields().duration("ttl").filter(Duration::isPositive).orElse(Life.SYSTEM);
    Duration max =
        call.fields().duration("max_ttl").filter(Duration::isPositive).orElse(Life.SYSTEM);
    lives = new Lives(ttl.compareTo(max) < 0 ? ttl : max, max);
    return VaultReply.noContent();
  }

  private VaultReply readLives() {
    return VaultReply.of(
        new JsonObject()
            .put("max_ttl", lives.maxTtl.toSeconds())
            .put("ttl", lives.ttl.toSeconds()));
  }

  private VaultReply writeRole(Call call) {
    Role role = new Role(call.fields().text("tags", ""), call.fields().text("vhosts", ""));
    try {
      role.permissions().fieldNames().forEach(role.permissions()::getJsonObject);
    } catch (DecodeException | ClassCastException broken) {
      throw Refusal.badRequest("failed to unmarshal vhosts: " + broken.getMessage());
    }
    if (role.tags.isEmpty() && role.vhosts.isEmpty()) {
      throw Refusal.badRequest("both tags and vhosts not specified");
    }
    roles.put(call.name("name"), role);
    return VaultReply.noContent();
  }

  private VaultReply readRole(Call call) {
    Role role = Optional.ofNullable(roles.get(call.name("name"))).orElseThrow(Refusal::absent);
    return VaultReply.of(new JsonObject().put("tags", role.tags).put("vhosts", role.permissions()));
  }

  private VaultReply deleteRole(Call call) {
    roles.remove(call.name("name"));
    return VaultReply.noContent();
  }
}
