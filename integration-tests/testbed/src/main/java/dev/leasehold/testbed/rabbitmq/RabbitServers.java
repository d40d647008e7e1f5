package dev.leasehold.testbed.rabbitmq;

import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.server.Program;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.server.ServerKind;
import dev.leasehold.testbed.server.Servers;
import dev.leasehold.testbed.server.Way;
import dev.leasehold.testbed.tls.Leaf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The one way to run RabbitMQ here: there is no honest stand-in for it. */
public final class RabbitServers {

  private static final Program SERVER =
      new Program("rabbitmq-server", "LEASEHOLD_RABBITMQ_BIN", "", List.of("/usr/sbin"));

  /** Debian's program on the PATH only wraps this one, and logs outside the run's folder. */
  private static final Path WRAPPED = Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server");

  private static final Program EPMD =
      new Program("epmd", "LEASEHOLD_EPMD_BIN", "", List.of("/usr/bin", "/usr/lib/erlang/bin"));

  private RabbitServers() {}

  /**
   * Starts it; it ends with the folder at the latest.
   *
   * @param certificate of its management API, for 127.0.0.1
   */
  public static RabbitServer start(RunFolder run, Leaf certificate) {
    return Servers.onlyReal()
        .start(
            "RabbitMQ",
            "Install Debian's rabbitmq-server package, or name the program in"
                + " LEASEHOLD_RABBITMQ_BIN; run as root it also needs an account \"rabbitmq\".",
            ways(run, certificate));
  }

  /** All ways, the ones that this machine has not included. */
  public static List<Way<RabbitServer>> ways(RunFolder run, Leaf certificate) {
    return List.of(new Way<>(ServerKind.REAL, () -> real(run, certificate)));
  }

  /** Whether this machine can run it. */
  public static boolean available() {
    return server().isPresent()
        && EPMD.find().isPresent()
        && Account.notRoot("rabbitmq").isPresent();
  }

  private static Optional<Path> server() {
    return SERVER
        .find()
        .map(
            found ->
                found.startsWith("/usr/sbin") && Files.isExecutable(WRAPPED) ? WRAPPED : found);
  }

  private static Optional<Way.Starter<RabbitServer>> real(RunFolder run, Leaf certificate) {
    return server()
        .flatMap(
            server ->
                EPMD.find()
                    .flatMap(
                        epmd ->
                            Account.notRoot("rabbitmq")
                                .map(
                                    account ->
                                        () ->
                                            RabbitProcess.start(
                                                server, epmd, account, run, certificate))));
  }
}
