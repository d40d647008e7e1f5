package dev.leasehold.testbed.prometheus;

import dev.leasehold.testbed.server.Program;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.server.ServerKind;
import dev.leasehold.testbed.server.Servers;
import dev.leasehold.testbed.server.Way;
import java.net.URI;
import java.util.List;

/** The one way to run Prometheus here: what it accepts, only it can say. */
public final class PrometheusServers {

  private static final Program PROGRAM =
      new Program("prometheus", "LEASEHOLD_PROMETHEUS_BIN", "", List.of("/usr/bin"));

  private PrometheusServers() {}

  /**
   * Starts it; it ends with the folder at the latest.
   *
   * @param target what to scrape, path included
   */
  public static PrometheusServer start(RunFolder run, URI target) {
    return Servers.onlyReal()
        .start(
            "Prometheus",
            "Install Debian's prometheus package, or name the program in LEASEHOLD_PROMETHEUS_BIN.",
            ways(run, target));
  }

  /** All ways, the ones that this machine has not included. */
  public static List<Way<PrometheusServer>> ways(RunFolder run, URI target) {
    return List.of(
        new Way<>(
            ServerKind.REAL,
            () ->
                PROGRAM.find().map(binary -> () -> PrometheusProcess.start(binary, run, target))));
  }

  /** Whether this machine can run it. */
  public static boolean available() {
    return PROGRAM.find().isPresent();
  }
}
