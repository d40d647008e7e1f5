package dev.leasehold.testbed.vault.engine;

import dev.leasehold.testbed.vault.lease.LeasedSecret;
import dev.leasehold.testbed.vault.wire.Refusal;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;

/** A user that was made in a database for one lease. */
final class DatabaseUser implements LeasedSecret {
  private static final DateTimeFormatter EXPIRATION =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ssZ").withZone(ZoneOffset.UTC);

  /** The database lets a user live a little longer than its lease, so that Vault ends it. */
  private static final int GRACE_SECONDS = 5;

  private final String name;
  private final DatabaseEntry entry;
  private final DatabaseRole role;

  DatabaseUser(String name, DatabaseEntry entry, DatabaseRole role) {
    this.name = name;
    this.entry = entry;
    this.role = role;
  }

  String name() {
    return name;
  }

  /** Makes the user; nothing is left of it where a statement fails. */
  void create(String password, Instant until) {
    if (role.creation().isEmpty()) {
      throw Refusal.failed("empty creation statements");
    }
    Map<String, String> values =
        Map.of(
            "name", name,
            "username", name,
            "password", password,
            "expiration", EXPIRATION.format(until.plusSeconds(GRACE_SECONDS)));
    try {
      entry.server().run(role.creation().filled(values));
    } catch (SQLException e) {
      throw Refusal.failed("failed to execute query: " + PostgresConnection.told(e));
    }
  }

  @Override
  public void extend(Instant until) throws SQLException {
    Map<String, String> values =
        Map.of(
            "name", name,
            "username", name,
            "expiration", EXPIRATION.format(until.plusSeconds(GRACE_SECONDS)));
    entry.server().run(role.renewing().filled(values));
  }

  @Override
  public void end() throws SQLException {
    try {
      entry.server().run(role.revoking().filled(Map.of("name", name, "username", name)));
    } catch (SQLException e) {
      throw new SQLException(PostgresConnection.told(e), e.getSQLState(), e);
    }
  }
}
