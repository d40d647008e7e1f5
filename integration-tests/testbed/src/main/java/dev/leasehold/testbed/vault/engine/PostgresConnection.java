package dev.leasehold.testbed.vault.engine;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * The one connection that a database entry works over. Creations and revocations of one entry take
 * turns, as they do in Vault: a slow creation holds up a revocation.
 */
final class PostgresConnection implements AutoCloseable {
  private static final Pattern URL =
      Pattern.compile(
          "postgres(?:ql)?://(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<rest>.*)");

  private final ReentrantLock turn = new ReentrantLock();
  private final String url;
  private final Properties login = new Properties();
  private @Nullable Connection connection;

  /**
   * @param url {@code postgresql://…}, its user and password as placeholders or in clear
   */
  PostgresConnection(String url, String user, String password) {
    Matcher parts = URL.matcher(url);
    if (!parts.matches()) {
      throw new IllegalArgumentException("invalid connection_url");
    }
    this.url = "jdbc:postgresql://" + parts.group("rest");
    login.setProperty("user", filled(parts.group("user"), user));
    login.setProperty("password", filled(parts.group("password"), password));
    login.setProperty("connectTimeout", "5");
  }

  /** Connects and asks nothing. */
  void verify() throws SQLException {
    run(List.of());
  }

  /** Runs the statements in one transaction. */
  void run(List<String> statements) throws SQLException {
    turn.lock();
    try {
      Connection now = connected();
      try (Statement statement = now.createStatement()) {
        for (String sql : statements) {
          statement.execute(sql);
        }
        now.commit();
      } catch (SQLException e) {
        now.rollback();
        throw e;
      }
    } finally {
      turn.unlock();
    }
  }

  /** The server's own words, as Go's driver gives them. */
  static String told(SQLException e) {
    ServerErrorMessage server = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
    return server == null
        ? String.valueOf(e.getMessage())
        : "%s: %s (SQLSTATE %s)"
            .formatted(server.getSeverity(), server.getMessage(), server.getSQLState());
  }

  @Override
  public void close() {
    turn.lock();
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException alreadyBroken) {
      connection = null;
    } finally {
      turn.unlock();
    }
  }

  private Connection connected() throws SQLException {
    Connection now = connection;
    if (now == null || !now.isValid(5)) {
      now = DriverManager.getConnection(url, login);
      now.setAutoCommit(false);
      connection = now;
    }
    return now;
  }

  private static String filled(@Nullable String inUrl, String given) {
    return inUrl == null || inUrl.startsWith("{{") ? given : inUrl;
  }
}
