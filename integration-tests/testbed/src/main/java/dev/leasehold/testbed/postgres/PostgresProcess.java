package dev.leasehold.testbed.postgres;

import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.server.FreePorts;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.server.ServerKind;
import dev.leasehold.testbed.server.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** PostgreSQL from this machine's own programs. */
final class PostgresProcess implements PostgresServer {

  private static final Map<String, String> LOCALE = Map.of("LC_ALL", "C.UTF-8");

  private final int port;
  private final String password;
  private final ServerProcess process;
  private final String description;

  private PostgresProcess(int port, String password, ServerProcess process) {
    this.port = port;
    this.password = password;
    this.process = process;
    process.awaitReady("PostgreSQL lets the superuser in", () -> Sql.answers(this));
    this.description = "PostgreSQL " + Sql.version(this) + " (real)";
  }

  /**
   * Makes a cluster and starts it.
   *
   * @param initdb beside which {@code postgres} lies
   * @param account not root, which both refuse
   */
  static PostgresProcess start(Path initdb, Account account, RunFolder run) {
    Path folder = run.folder("postgres");
    account.own(folder);
    String password = Sql.newPassword();
    Path passwordFile = folder.resolve("password");
    try {
      Files.writeString(passwordFile, password);
      account.own(passwordFile);
    } catch (IOException full) {
      throw new UncheckedIOException(full);
    }
    ServerProcess.run(
        folder,
        account.command(
            List.of(
                initdb.toString(),
                "--pgdata=data",
                "--username=postgres",
                "--auth=scram-sha-256",
                "--pwfile=password",
                "--no-sync")),
        LOCALE);
    int port = FreePorts.next();
    ServerProcess process =
        ServerProcess.start(
            "postgres",
            folder,
            account.command(
                List.of(
                    initdb.resolveSibling("postgres").toString(),
                    "-D",
                    "data",
                    "-p",
                    Integer.toString(port),
                    "-c",
                    "listen_addresses=127.0.0.1",
                    "-c",
                    "unix_socket_directories=",
                    "-c",
                    "fsync=off",
                    "-c",
                    "max_connections=200")),
            LOCALE);
    return run.keep(new PostgresProcess(port, password, process));
  }

  @Override
  public String host() {
    return "127.0.0.1";
  }

  @Override
  public int port() {
    return port;
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
    return ServerKind.REAL;
  }

  @Override
  public String describe() {
    return description;
  }

  /** SIGTERM would wait for the clients to go; SIGINT cuts them off. */
  @Override
  public void close() {
    process.interrupt();
    process.close();
  }

  @Override
  public String toString() {
    return description + " at port " + port;
  }
}
