package dev.leasehold.suite.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.suite.contract.Ways.Running;
import dev.leasehold.testbed.postgres.DemoDatabase;
import dev.leasehold.testbed.postgres.PostgresServer;
import dev.leasehold.testbed.postgres.PostgresServers;
import dev.leasehold.testbed.server.Await;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a leased database user may do and how it ends, on this machine's PostgreSQL and on the one
 * that a library carries.
 */
@ParameterizedClass
@MethodSource("databases")
final class PostgresContractIT {

  private static final String WRONG_PASSWORD = "28P01";
  private static final String MAY_NOT_LOG_IN = "28000";
  private static final String ADMIN_SHUTDOWN = "57P01";
  private static final String FORBIDDEN = "42501";

  private static final Map<PostgresServer, DemoDatabase> PREPARED = new ConcurrentHashMap<>();

  private final PostgresServer server;

  PostgresContractIT(Running<PostgresServer> running) {
    this.server = running.server();
  }

  static Stream<Running<PostgresServer>> databases() {
    return Ways.each("PostgreSQL", PostgresServers::ways);
  }

  /** Each server is prepared once, by the first test that gets here. */
  private DemoDatabase database() {
    return PREPARED.computeIfAbsent(server, DemoDatabase::prepare);
  }

  private void asVault(String... statements) throws SQLException {
    try (Connection vault =
            database().connect(DemoDatabase.VAULT_USER, database().vaultPassword());
        Statement statement = vault.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private void create(String user) throws SQLException {
    asVault(
        "CREATE ROLE \""
            + user
            + "\" LOGIN PASSWORD 'p-"
            + user
            + "' VALID UNTIL '2100-01-01'"
            + " IN ROLE "
            + DemoDatabase.APP_ROLE);
  }

  private Connection login(String user) throws SQLException {
    return database().connect(user, "p-" + user);
  }

  private static String state(SQLException failed) {
    return String.valueOf(failed.getSQLState());
  }

  @Test
  void superuserIsRefusedWithoutThePassword() {
    SQLException refused =
        assertThrows(SQLException.class, () -> server.connect("postgres", "postgres", "wrong"));

    assertEquals(WRONG_PASSWORD, state(refused));
  }

  @Test
  void passwordsAreKeptAsScramOnly() throws SQLException {
    // Given
    create("scram");

    // When
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT rolpassword FROM pg_authid WHERE rolpassword IS NOT NULL")) {

      // Then
      while (rows.next()) {
        assertTrue(rows.getString(1).startsWith("SCRAM-SHA-256$"));
      }
    }
  }

  @Test
  void userMadeByVaultsAccountReadsOrdersAndMakesNoUsers() throws SQLException {
    // Given
    create("reader");

    // When
    try (Connection session = login("reader");
        Statement statement = session.createStatement()) {
      ResultSet orders = statement.executeQuery("SELECT count(*) FROM orders");

      // Then
      assertTrue(orders.next());
      assertTrue(orders.getInt(1) >= 3);
      assertTrue(database().leasedUsers().contains("reader"));
      assertTrue(database().sessions().contains("reader"));
      assertEquals(
          FORBIDDEN,
          state(assertThrows(SQLException.class, () -> statement.execute("CREATE ROLE another"))));
    }
  }

  @Test
  void expiredUserIsRefused() throws SQLException {
    // Given
    create("expired");

    // When
    asVault("ALTER ROLE \"expired\" VALID UNTIL '2000-01-01'");

    // Then
    assertEquals(WRONG_PASSWORD, state(assertThrows(SQLException.class, () -> login("expired"))));
  }

  @Test
  void revocationCutsOpenSessionsAndDropsTheUser() throws SQLException {
    // Given
    create("ended");
    try (Connection session = login("ended");
        Statement statement = session.createStatement()) {
      statement.execute("SELECT 1");

      // When
      asVault("ALTER ROLE \"ended\" NOLOGIN");
      SQLException closed = assertThrows(SQLException.class, () -> login("ended"));
      asVault(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'ended'",
          "DROP ROLE IF EXISTS \"ended\"");

      // Then
      assertEquals(MAY_NOT_LOG_IN, state(closed));
      assertEquals(
          ADMIN_SHUTDOWN,
          state(assertThrows(SQLException.class, () -> statement.execute("SELECT 1"))));
      Await.until("its session is gone", () -> !database().sessions().contains("ended"));
      assertFalse(database().leasedUsers().contains("ended"));
      assertEquals(
          List.of(WRONG_PASSWORD),
          List.of(state(assertThrows(SQLException.class, () -> login("ended")))));
    }
  }
}
