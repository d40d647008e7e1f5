package dev.leasehold.testbed.vault.engine;

import dev.leasehold.testbed.vault.wire.Fields;
import dev.leasehold.testbed.vault.wire.Globs;
import dev.leasehold.testbed.vault.wire.Refusal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.sql.SQLException;
import java.util.List;

/** A {@code database/config} entry: a PostgreSQL, how to reach it, and who may use it. */
record DatabaseEntry(
    List<String> allowedRoles, JsonObject written, UserNames userNames, PostgresConnection server) {
  private static final String DEFAULT_NAMES =
      "v-{{.DisplayName | truncate 8}}-{{.RoleName | truncate 8}}-{{random 20}}-{{unix_time}}";

  static DatabaseEntry written(Fields fields) {
    String plugin = fields.text("plugin_name", "");
    if (!plugin.equals("postgresql-database-plugin")) {
      throw Refusal.badRequest("this stand-in has no database plugin \"" + plugin + "\"");
    }
    PostgresConnection server =
        new PostgresConnection(
            fields.text("connection_url"),
            fields.text("username", ""),
            fields.text("password", ""));
    if (fields.flag("verify_connection", true)) {
      try {
        server.verify();
      } catch (SQLException e) {
        throw Refusal.badRequest(
            "error creating database object: error verifying connection: ping failed: "
                + PostgresConnection.told(e));
      }
    }
    return new DatabaseEntry(
        fields.list("allowed_roles"),
        fields.json().copy(),
        new UserNames(fields.text("username_template", DEFAULT_NAMES)),
        server);
  }

  void check(String role) {
    if (allowedRoles.stream()
        .noneMatch(allowed -> Globs.edges(allowed, role) || allowed.equals("*"))) {
      throw Refusal.failed("\"" + role + "\" is not an allowed role");
    }
  }

  /** Everything but the password. */
  JsonObject read() {
    JsonObject details = new JsonObject();
    for (String key :
        List.of("connection_url", "password_authentication", "username", "username_template")) {
      if (written.containsKey(key)) {
        details.put(key, written.getValue(key));
      }
    }
    return new JsonObject()
        .put("allowed_roles", new JsonArray(allowedRoles))
        .put("connection_details", details)
        .put("password_policy", "")
        .put("plugin_name", written.getString("plugin_name"))
        .put("plugin_version", "")
        .put("root_credentials_rotate_statements", new JsonArray())
        .put("verify_connection", new Fields(written).flag("verify_connection", true));
  }
}
