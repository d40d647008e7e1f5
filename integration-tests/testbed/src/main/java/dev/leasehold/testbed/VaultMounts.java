package dev.leasehold.testbed;

import dev.leasehold.testbed.postgres.DemoDatabase;
import dev.leasehold.testbed.rabbitmq.RabbitServer;
import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.spiffe.WorkloadIdentity;
import dev.leasehold.testbed.vault.VaultAdmin;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What a Vault of the testbed offers: engines, their connections and roles, and auth methods. Not
 * the policies, token roles and auth roles of Leasehold: {@code leasehold vault apply} writes
 * those.
 */
public final class VaultMounts {

  /** {@code database/creds/…}: the usual credential, five minutes. */
  public static final String DATABASE_ROLE = "orders-rw";

  /** The same, for those who only read: a role of their own at Vault. */
  public static final String READING_DATABASE_ROLE = "orders-ro";

  /** The same, but making it takes {@value #SLOW_SECONDS} seconds. */
  public static final String SLOW_DATABASE_ROLE = "orders-slow";

  /** The same, for {@value #SHORT_SECONDS} seconds, one minute with renewals. */
  public static final String SHORT_DATABASE_ROLE = "orders-short";

  /** {@code rabbitmq/creds/…}: may publish through the management API. */
  public static final String RABBIT_ROLE = "publisher";

  /** A static secret with the field {@code token}: {@code kv/data/…}. */
  public static final String STATIC_SECRET = "partner-api";

  static final int SLOW_SECONDS = 3;
  static final int SHORT_SECONDS = 6;

  private final VaultAdmin admin;

  VaultMounts(VaultAdmin admin) {
    this.admin = admin;
  }

  /** Mounts {@code kv/} and puts one secret there. */
  void keyValue() {
    mount("kv", new JsonObject().put("type", "kv").put("options", object("version", "2")));
    // A new KV mount answers 400 for the moment that its upgrade to version 2 takes.
    Await.until(
        "kv/ takes secrets",
        () ->
            admin
                .write(
                    "kv/data/" + STATIC_SECRET,
                    new JsonObject().put("data", object("token", UUID.randomUUID().toString())))
                .ok());
  }

  /** Mounts {@code database/} with a connection to the demo database and its roles. */
  void database(DemoDatabase database) {
    mount("database", object("type", "database"));
    write(
        "database/config/orders",
        new JsonObject()
            .put("plugin_name", "postgresql-database-plugin")
            .put("allowed_roles", new JsonArray(List.of("*")))
            .put("connection_url", database.vaultConnectionUrl())
            .put("username", DemoDatabase.VAULT_USER)
            .put("password", database.vaultPassword())
            .put("password_authentication", "scram-sha-256")
            .put(
                "username_template",
                "v-{{.DisplayName | truncate 28}}-{{random 12}}-{{unix_time}}"));
    databaseRole(DATABASE_ROLE, "5m", "30m", List.of());
    databaseRole(READING_DATABASE_ROLE, "5m", "30m", List.of());
    databaseRole(
        SLOW_DATABASE_ROLE, "5m", "30m", List.of("SELECT pg_sleep(" + SLOW_SECONDS + ");"));
    databaseRole(SHORT_DATABASE_ROLE, SHORT_SECONDS + "s", "1m", List.of());
  }

  private void databaseRole(String name, String ttl, String maxTtl, List<String> first) {
    JsonArray creation = new JsonArray(new ArrayList<>(first));
    creation.add(
        "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'"
            + " IN ROLE "
            + DemoDatabase.APP_ROLE
            + ";");
    // In this order: after DROP ROLE its sessions could not be found any more, and would live on.
    JsonArray revocation =
        new JsonArray()
            .add("ALTER ROLE \"{{name}}\" NOLOGIN;")
            .add(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE usename = '{{name}}';")
            .add("DROP ROLE IF EXISTS \"{{name}}\";");
    write(
        "database/roles/" + name,
        new JsonObject()
            .put("db_name", "orders")
            .put("default_ttl", ttl)
            .put("max_ttl", maxTtl)
            .put("creation_statements", creation)
            .put("revocation_statements", revocation));
  }

  /** Mounts {@code rabbitmq/} with one role. */
  void rabbit(RabbitServer rabbit) {
    mount("rabbitmq", object("type", "rabbitmq"));
    write(
        "rabbitmq/config/connection",
        new JsonObject()
            .put("connection_uri", rabbit.management().toString())
            .put("username", rabbit.adminUser())
            .put("password", rabbit.adminPassword()));
    write("rabbitmq/config/lease", new JsonObject().put("ttl", "300").put("max_ttl", "1800"));
    write(
        "rabbitmq/roles/" + RABBIT_ROLE,
        new JsonObject()
            .put("tags", "management")
            .put("vhosts", "{\"/\":{\"configure\":\"^$\",\"write\":\".*\",\"read\":\".*\"}}"));
  }

  /** Enables {@code auth/cert} and {@code auth/jwt}; the latter with the domain's JWT keys. */
  void logins(WorkloadIdentity identity) {
    write("sys/auth/cert", object("type", "cert"));
    write("sys/auth/jwt", object("type", "jwt"));
    write(
        "auth/jwt/config",
        new JsonObject()
            .put("jwt_validation_pubkeys", new JsonArray(identity.jwtAuthoritiesPem())));
  }

  private void mount(String path, JsonObject body) {
    write("sys/mounts/" + path, body);
  }

  private void write(String path, JsonObject body) {
    admin.write(path, body).orThrow();
  }

  private static JsonObject object(String name, String value) {
    return new JsonObject().put(name, value);
  }
}
