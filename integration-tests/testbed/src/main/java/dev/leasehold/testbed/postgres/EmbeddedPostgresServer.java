package dev.leasehold.testbed.postgres;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.leasehold.testbed.server.FreePorts;
import dev.leasehold.testbed.server.Program;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.server.ServerKind;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * PostgreSQL from programs that a library carries. It is the real product, only not this machine's;
 * the library starts it trusting everybody, which is undone before anyone gets to see it.
 */
final class EmbeddedPostgresServer implements PostgresServer {

  private final EmbeddedPostgres postgres;
  private final String password = Sql.newPassword();
  private final String description;

  private EmbeddedPostgresServer(EmbeddedPostgres postgres) {
    this.postgres = postgres;
    try (Connection connection = postgres.getPostgresDatabase().getConnection()) {
      Sql.run(
          connection,
          "SET password_encryption = 'scram-sha-256'",
          "ALTER ROLE postgres PASSWORD '" + password + "'",
          "ALTER SYSTEM SET password_encryption = 'scram-sha-256'");
      Path rules = Path.of(Sql.one(connection, "SHOW hba_file"));
      Files.writeString(rules, "host all all 127.0.0.1/32 scram-sha-256\n", US_ASCII);
      Sql.run(connection, "SELECT pg_reload_conf()");
    } catch (SQLException | IOException failed) {
      throw new IllegalStateException("embedded PostgreSQL cannot be made strict", failed);
    }
    this.description = "PostgreSQL " + Sql.version(this) + " (embedded)";
  }

  static EmbeddedPostgresServer start(RunFolder run) {
    Path folder = run.folder("embedded-postgres");
    Path programs = Program.cacheFolder().resolve("embedded-postgres");
    try {
      Files.createDirectories(programs);
      return run.keep(
          new EmbeddedPostgresServer(
              EmbeddedPostgres.builder()
                  .setDataDirectory(folder.resolve("data"))
                  .setOverrideWorkingDirectory(programs.toFile())
                  .setPort(FreePorts.next())
                  .setRegisterShutdownHook(false)
                  .setServerConfig("max_connections", "200")
                  .setServerConfig("unix_socket_directories", "''")
                  .setOutputRedirector(
                      ProcessBuilder.Redirect.appendTo(folder.resolve("postgres.log").toFile()))
                  .setErrorRedirector(
                      ProcessBuilder.Redirect.appendTo(folder.resolve("postgres.log").toFile()))
                  .start()));
    } catch (IOException failed) {
      throw new UncheckedIOException("embedded PostgreSQL did not start", failed);
    }
  }

  @Override
  public String host() {
    return "127.0.0.1";
  }

  @Override
  public int port() {
    return postgres.getPort();
  }

  @Override
  public String superuser() {
    return "postgres";
  }

  @Override
  public String superuserPassword() {
    return password;
  }

  @Override
  public ServerKind kind() {
    return ServerKind.EMBEDDED;
  }

  @Override
  public String describe() {
    return description;
  }

  @Override
  public void close() {
    try {
      postgres.close();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Override
  public String toString() {
    return description + " at port " + port();
  }
}
