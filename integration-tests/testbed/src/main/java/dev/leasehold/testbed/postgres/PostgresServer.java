package dev.leasehold.testbed.postgres;

import dev.leasehold.testbed.server.TestServer;
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
