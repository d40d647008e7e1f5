package dev.leasehold.broker.verify;

import dev.leasehold.broker.lease.TargetProof;
import dev.leasehold.broker.lease.TargetVerifier;
import dev.leasehold.broker.lease.VerifierConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks PostgreSQL whether a role, or a session of it, is there. Any role that may connect can ask:
 * {@code pg_roles} and the user names of {@code pg_stat_activity} are open to all.
 */
final class PostgresqlVerifier implements TargetVerifier {
  private static final Logger log = LoggerFactory.getLogger(PostgresqlVerifier.class);
  private static final String TIMEOUT_SECONDS = "5";
  private static final String QUESTION =
      "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = ?)"
          + " OR EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity WHERE usename = ?)";

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
        answer.next();
        return answer.getBoolean(1) ? TargetProof.PRESENT : TargetProof.GONE;
      }
    } catch (SQLException unanswered) {
      // The message may quote what was sent; the state is a code of the standard.
      log.warn(
          "event=target_not_asked target={}:{} sqlstate={}",
          config.host(),
          config.port(),
          unanswered.getSQLState());
    } catch (IOException unreadable) {
      log.warn("event=target_not_asked cause=\"the verifier's password file cannot be read\"");
    }
    return TargetProof.UNKNOWN;
  }

  private Connection connect() throws SQLException, IOException {
    Properties settings = new Properties();
    settings.setProperty("user", config.username());
    settings.setProperty("password", Files.readString(config.passwordFile()).strip());
    settings.setProperty("connectTimeout", TIMEOUT_SECONDS);
    settings.setProperty("socketTimeout", TIMEOUT_SECONDS);
    settings.setProperty("loginTimeout", TIMEOUT_SECONDS);
    settings.setProperty("ApplicationName", "leasehold");
    if (config.ca().isPresent()) {
      settings.setProperty("sslmode", "verify-full");
      settings.setProperty("sslrootcert", config.ca().get().toString());
    } else {
      settings.setProperty("sslmode", "disable");
    }
    String url =
        "jdbc:postgresql://" + config.host() + ":" + config.port() + "/" + config.database();
    return DriverManager.getConnection(url, settings); // which is when the driver is loaded
  }
}
