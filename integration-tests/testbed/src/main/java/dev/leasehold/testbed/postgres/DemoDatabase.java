package dev.leasehold.testbed.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The database {@code orders} with one table, a role that may use it, and the account that Vault
 * makes and drops its users with.
 */
public final class DemoDatabase {

  public static final String NAME = "orders";

  /** The role that a leased user is a member of. */
  public static final String APP_ROLE = "orders_app";

  /** May create roles and end their sessions, and is no superuser. */
  public static final String VAULT_USER = "vault_admin";

  private final PostgresServer server;
  private final String vaultPassword;

  private DemoDatabase(PostgresServer server, String vaultPassword) {
    this.server = server;
    this.vaultPassword = vaultPassword;
  }

  public static DemoDatabase prepare(PostgresServer server) {
    String vaultPassword = Sql.newPassword();
    try {
      try (Connection connection = server.connect()) {
        Sql.run(
            connection,
            "CREATE ROLE " + APP_ROLE + " NOLOGIN",
            "CREATE ROLE " + VAULT_USER + " LOGIN CREATEROLE PASSWORD '" + vaultPassword + "'",
            "GRANT pg_signal_backend TO " + VAULT_USER,
            // From PostgreSQL 16 on CREATEROLE alone does not let it hand out this role.
            "GRANT " + APP_ROLE + " TO " + VAULT_USER + " WITH ADMIN OPTION",
            "CREATE DATABASE " + NAME);
      }
      try (Connection connection =
          server.connect(NAME, server.superuser(), server.superuserPassword())) {
        Sql.run(
            connection,
            "CREATE TABLE orders (id serial PRIMARY KEY, item text NOT NULL, quantity int NOT"
                + " NULL)",
            "INSERT INTO orders (item, quantity) VALUES ('anvil', 2), ('rope', 10), ('lamp', 1)",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO " + APP_ROLE,
            "GRANT USAGE, SELECT ON SEQUENCE orders_id_seq TO " + APP_ROLE);
      }
    } catch (SQLException failed) {
      throw new IllegalStateException("the demo database cannot be made", failed);
    }
    return new DemoDatabase(server, vaultPassword);
  }

  /** Makes an account that may connect and look, and nothing else. */
  public void addObserver(String name, String password) {
    try (Connection connection = server.connect()) {
      Sql.run(connection, "CREATE ROLE " + name + " LOGIN PASSWORD '" + password + "'");
    } catch (SQLException failed) {
      throw new IllegalStateException(failed);
    }
  }

  public PostgresServer server() {
    return server;
  }

  public String vaultPassword() {
    return vaultPassword;
  }

  /** A connection URL with Vault's two placeholders in place of the login. */
  public String vaultConnectionUrl() {
    return "postgresql://{{username}}:{{password}}@%s:%d/%s?sslmode=disable"
        .formatted(server.host(), server.port(), NAME);
  }

  /** A new session of a leased user. */
  public Connection connect(String user, String password) throws SQLException {
    return server.connect(NAME, user, password);
  }

  /** The users that Vault has made and not yet dropped. */
  public List<String> leasedUsers() {
    return names(
        "SELECT r.rolname FROM pg_roles r JOIN pg_auth_members m ON m.member = r.oid"
            + " JOIN pg_roles g ON g.oid = m.roleid WHERE g.rolname = '"
            + APP_ROLE
            + "' AND r.rolname <> '"
            + VAULT_USER
            + "' ORDER BY 1");
  }

  /** The users who have a session in this database, each as often as they have one. */
  public List<String> sessions() {
    return names(
        "SELECT usename FROM pg_stat_activity WHERE datname = '"
            + NAME
            + "' AND usename <> 'postgres' ORDER BY 1");
  }

  /** What the server is doing right now, each session's statement. */
  public List<String> statements() {
    return names("SELECT query FROM pg_stat_activity WHERE state = 'active'");
  }

  private List<String> names(String query) {
    List<String> names = new ArrayList<>();
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    } catch (SQLException failed) {
      throw new IllegalStateException(failed);
    }
    return names;
  }
}
