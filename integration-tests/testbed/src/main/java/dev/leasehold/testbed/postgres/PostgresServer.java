package dev.leasehold.testbed.postgres;

import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.server.TestServer;
import dev.leasehold.testbed.tls.Leaf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** A PostgreSQL that believes nobody without a password (scram-sha-256). */
public interface PostgresServer extends TestServer {

  /** {@code 127.0.0.1}. */
  String host();

  int port();

  String superuser();

  String superuserPassword();

  /** A new session of the superuser in the database {@code postgres}. */
  default Connection connect() throws SQLException {
    return connect("postgres", superuser(), superuserPassword());
  }

  /** From now on clients may speak TLS as well, and are shown this certificate. */
  default void offerTls(Leaf certificate) {
    try (Connection connection = connect()) {
      Path data = Path.of(Sql.one(connection, "SHOW data_directory"));
      Leaf.KeyFiles files = certificate.write(data, "server");
      // It takes the key from its own account only, with no rights for others.
      Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-------"));
      Files.setOwner(files.key(), Files.getOwner(data));
      Sql.run(connection, "ALTER SYSTEM SET ssl_cert_file = 'server.pem'");
      Sql.run(connection, "ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()");
      Await.until("PostgreSQL speaks TLS", () -> Sql.speaksTls(this));
    } catch (SQLException | IOException failed) {
      throw new IllegalStateException("PostgreSQL cannot be given a certificate", failed);
    }
  }

  /** A new session; fails as the database says when it refuses the login. */
  default Connection connect(String database, String user, String password) throws SQLException {
    Properties login = new Properties();
    login.setProperty("user", user);
    login.setProperty("password", password);
    login.setProperty("connectTimeout", "10");
    return DriverManager.getConnection(
        "jdbc:postgresql://" + host() + ":" + port() + "/" + database, login);
  }
}
