package dev.leasehold.testbed.postgres;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;

/** Small talk with a PostgreSQL. */
final class Sql {

  private static final SecureRandom RANDOM = new SecureRandom();

  private Sql() {}

  static boolean answers(PostgresServer server) {
    try (Connection connection = server.connect()) {
      return connection.isValid(5);
    } catch (SQLException notYet) {
      return false;
    }
  }

  /** Whether a new session finds TLS switched on. */
  static boolean speaksTls(PostgresServer server) {
    try (Connection connection = server.connect()) {
      return one(connection, "SHOW ssl").equals("on");
    } catch (SQLException failed) {
      throw new IllegalStateException(failed);
    }
  }

  /** The bare number, such as {@code 15.18}. */
  static String version(PostgresServer server) {
    try (Connection connection = server.connect()) {
      return one(connection, "SHOW server_version").split(" ", -1)[0];
    } catch (SQLException failed) {
      throw new IllegalStateException(failed);
    }
  }

  static String one(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getString(1);
    }
  }

  static void run(Connection connection, String... commands) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String command : commands) {
        statement.execute(command);
      }
    }
  }

  /** Hexadecimal, so that it needs no quoting in SQL, URLs or JSON. */
  static String newPassword() {
    byte[] bytes = new byte[20];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
