package dev.leasehold.testbed.vault.engine;

import dev.leasehold.testbed.vault.token.Life;
import dev.leasehold.testbed.vault.wire.Fields;
import dev.leasehold.testbed.vault.wire.Refusal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/**
 * A {@code database/roles} entry: the statements that make and end a user, and how long it lives.
 */
record DatabaseRole(
    String entry,
    Duration defaultTtl,
    Duration maxTtl,
    Statements creation,
    Statements revocation,
    Statements renewal,
    Statements rollback) {
  private static final Statements DEFAULT_REVOCATION =
      new Statements(
          List.of(
              "REVOKE ALL PRIVILEGES ON ALL TABLES IN SCHEMA public FROM \"{{name}}\"",
              "REVOKE ALL PRIVILEGES ON ALL SEQUENCES IN SCHEMA public FROM \"{{name}}\"",
              "REVOKE ALL PRIVILEGES ON SCHEMA public FROM \"{{name}}\"",
              "DROP ROLE IF EXISTS \"{{name}}\""));
  private static final Statements DEFAULT_RENEWAL =
      new Statements(List.of("ALTER ROLE \"{{name}}\" VALID UNTIL '{{expiration}}'"));

  static DatabaseRole written(Fields fields) {
    if (fields.text("db_name", "").isEmpty()) {
      throw Refusal.badRequest("database name is required");
    }
    return new DatabaseRole(
        fields.text("db_name"),
        fields.duration("default_ttl").orElse(Duration.ZERO),
        fields.duration("max_ttl").orElse(Duration.ZERO),
        new Statements(fields.texts("creation_statements")),
        new Statements(fields.texts("revocation_statements")),
        new Statements(fields.texts("renew_statements")),
        new Statements(fields.texts("rollback_statements")));
  }

  Duration longest() {
    return maxTtl.isZero() ? Life.SYSTEM : maxTtl;
  }

  Duration ttl() {
    Duration ttl = defaultTtl.isZero() ? Life.SYSTEM : defaultTtl;
    return ttl.compareTo(longest()) < 0 ? ttl : longest();
  }

  Statements revoking() {
    return revocation.isEmpty() ? DEFAULT_REVOCATION : revocation;
  }

  Statements renewing() {
    return renewal.isEmpty() ? DEFAULT_RENEWAL : renewal;
  }

  JsonObject read() {
    return new JsonObject()
        .put("creation_statements", new JsonArray(creation.templates()))
        .put("credential_type", "password")
        .put("db_name", entry)
        .put("default_ttl", defaultTtl.toSeconds())
        .put("max_ttl", maxTtl.toSeconds())
        .put("renew_statements", new JsonArray(renewal.templates()))
        .put("revocation_statements", new JsonArray(revocation.templates()))
        .put("rollback_statements", new JsonArray(rollback.templates()));
  }
}
