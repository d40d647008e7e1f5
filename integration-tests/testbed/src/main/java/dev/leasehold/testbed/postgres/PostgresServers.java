package dev.leasehold.testbed.postgres;

import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.server.Program;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.server.ServerKind;
import dev.leasehold.testbed.server.Servers;
import dev.leasehold.testbed.server.Way;
import java.util.List;
import java.util.Optional;

/** The ways to run PostgreSQL here. */
public final class PostgresServers {

  private static final Program INITDB =
      new Program(
          "initdb",
          "LEASEHOLD_POSTGRES_INITDB_BIN",
          "",
          List.of("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql"));

  private PostgresServers() {}

  /** Starts the one that {@code servers} allows first; it ends with the folder at the latest. */
  public static PostgresServer start(Servers servers, RunFolder run) {
    return servers.start(
        "PostgreSQL",
        "Install Debian's postgresql package, or name an initdb program in"
            + " LEASEHOLD_POSTGRES_INITDB_BIN; run as root it also needs an account \"postgres\".",
        ways(run));
  }

  /** All ways, the ones that this machine has not included. */
  public static List<Way<PostgresServer>> ways(RunFolder run) {
    return List.of(
        new Way<>(ServerKind.REAL, () -> real(run)),
        Way.always(ServerKind.EMBEDDED, () -> EmbeddedPostgresServer.start(run)));
  }

  private static Optional<Way.Starter<PostgresServer>> real(RunFolder run) {
    return INITDB
        .find()
        .flatMap(
            initdb ->
                Account.notRoot("postgres", "nobody")
                    .map(account -> () -> PostgresProcess.start(initdb, account, run)));
  }
}
