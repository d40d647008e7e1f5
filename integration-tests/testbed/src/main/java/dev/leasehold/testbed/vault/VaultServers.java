package dev.leasehold.testbed.vault;

import dev.leasehold.testbed.server.Program;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.server.ServerKind;
import dev.leasehold.testbed.server.Servers;
import dev.leasehold.testbed.server.Way;
import java.util.List;

/** The ways to run Vault here. */
public final class VaultServers {

  static final String VERSION = "1.21.1";

  private static final Program PROGRAM =
      new Program("vault", "LEASEHOLD_VAULT_BIN", "vault-" + VERSION, List.of());

  private VaultServers() {}

  /** Starts the one that {@code servers} allows first; it ends with the folder at the latest. */
  public static VaultServer start(Servers servers, RunFolder run) {
    return servers.start(
        "HashiCorp Vault",
        "Build it with .ci/servers/build-vault, put a vault program on the PATH,"
            + " or name one in LEASEHOLD_VAULT_BIN.",
        ways(run));
  }

  /** All ways, the ones that this machine has not included. */
  public static List<Way<VaultServer>> ways(RunFolder run) {
    return List.of(
        new Way<>(
            ServerKind.REAL,
            () -> PROGRAM.find().map(binary -> () -> VaultProcess.start(binary, run))),
        new Way<>(ServerKind.CONTAINER, () -> ContainerVault.starter(run)),
        Way.always(ServerKind.EMBEDDED, () -> EmbeddedVault.start(run)));
  }
}
