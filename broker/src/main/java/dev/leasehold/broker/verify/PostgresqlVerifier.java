package dev.leasehold.broker.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leasehold.broker.lease.TargetProof;
import dev.leasehold.broker.lease.TargetVerifier;
import dev.leasehold.broker.lease.VerifierConfig;
import dev.leasehold.broker.secret.SecretValue;
import java.io.IOException;
import java.net.URLEncoder;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a PostgreSQL server for a role and for the sessions that it opened. */
final class PostgresqlVerifier implements TargetVerifier {
  private static final Logger log = LoggerFactory.getLogger(PostgresqlVerifier.class);
  private static final String TIMEOUT_SECONDS = "5";

  /**
   * A session outlives a role that is dropped, and then has a number for a user but no name. Whose
   * it was cannot be told any more, so that such a session leaves every answer open.
   */
  private static final String QUESTION =
      """
      SELECT
        EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = ?)
          OR EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity WHERE usename = ?),
        EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity
                WHERE usesysid IS NOT NULL AND usename IS NULL)
      """;

  private final VerifierConfig.Postgresql config;

  PostgresqlVerifier(VerifierConfig.Postgresql config) {
    this.config = config;
  }

  @Override
  public TargetProof verify(String username) {
    try (Connection connection = connect();
        PreparedStatement question = connection.prepareStatement(QUESTION)) {
      question.setString(1, username);
      question.setString(2, username);
      try (ResultSet answer = question.executeQuery()) {
        if (!answer.next()) {
          return TargetProof.UNKNOWN;
        }
        if (answer.getBoolean(1)) {
          return TargetProof.PRESENT;
        }
        return answer.getBoolean(2) ? TargetProof.UNKNOWN : TargetProof.GONE;
      }
    } catch (SQLException e) {
      // The driver's message can quote what it was given; the state tells the cause.
      log.warn("event=target_not_asked target={} sqlstate={}", target(), e.getSQLState());
      return TargetProof.UNKNOWN;
    } catch (IOException | RuntimeException e) {
      log.warn("event=target_not_asked target={} cause={}", target(), e.getClass().getSimpleName());
      return TargetProof.UNKNOWN;
    }
  }

  private String target() {
    return config.host() + ":" + config.port();
  }

  private Connection connect() throws SQLException, IOException {
    Properties properties = new Properties();
    properties.setProperty("user", config.username());
    properties.setProperty("loginTimeout", TIMEOUT_SECONDS);
    properties.setProperty("connectTimeout", TIMEOUT_SECONDS);
    properties.setProperty("socketTimeout", TIMEOUT_SECONDS);
    properties.setProperty("ApplicationName", "leasehold-verify");
    properties.setProperty("sslmode", config.ca().isPresent() ? "verify-full" : "disable");
    config.ca().ifPresent(ca -> properties.setProperty("sslrootcert", ca.toString()));
    String host = config.host().contains(":") ? "[" + config.host() + "]" : config.host();
    String url =
        "jdbc:postgresql://%s:%d/%s"
            .formatted(host, config.port(), URLEncoder.encode(config.database(), UTF_8));
    SecretValue password = PasswordFile.read(config.passwordFile());
    try {
      // The driver takes a text only; it goes with these properties.
      properties.setProperty("password", password.lend(bytes -> new String(bytes, UTF_8)));
      return DriverManager.getConnection(url, properties);
    } finally {
      properties.remove("password");
      password.destroy();
    }
  }
}
