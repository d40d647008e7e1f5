package dev.leasehold.testbed.spiffe;

import dev.leasehold.testbed.server.Program;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.server.ServerKind;
import dev.leasehold.testbed.server.Servers;
import dev.leasehold.testbed.server.Way;
import java.util.List;

/** The ways to have a trust domain here. */
public final class TrustDomains {

  private static final String VERSION = "1.15.3";
  private static final Program SERVER =
      new Program(
          "spire-server", "LEASEHOLD_SPIRE_SERVER_BIN", "spire-server-" + VERSION, List.of());
  private static final Program AGENT =
      new Program("spire-agent", "LEASEHOLD_SPIRE_AGENT_BIN", "spire-agent-" + VERSION, List.of());

  private TrustDomains() {}

  /** Starts the one that {@code servers} allows first; it ends with the folder at the latest. */
  public static WorkloadIdentity start(Servers servers, RunFolder run, String trustDomain) {
    return servers.start(
        "SPIRE",
        "Build server and agent with .ci/servers/build-spire, put spire-server and spire-agent on"
            + " the PATH, or name them in LEASEHOLD_SPIRE_SERVER_BIN and"
            + " LEASEHOLD_SPIRE_AGENT_BIN.",
        ways(run, trustDomain));
  }

  /** All ways, the ones that this machine has not included. */
  public static List<Way<WorkloadIdentity>> ways(RunFolder run, String trustDomain) {
    return List.of(
        new Way<>(
            ServerKind.REAL,
            () ->
                SERVER
                    .find()
                    .flatMap(
                        server ->
                            AGENT
                                .find()
                                .map(
                                    agent ->
                                        () ->
                                            SpireTrustDomain.start(
                                                server, agent, trustDomain, run)))),
        Way.always(ServerKind.EMBEDDED, () -> EmbeddedTrustDomain.start(trustDomain, run)));
  }
}
