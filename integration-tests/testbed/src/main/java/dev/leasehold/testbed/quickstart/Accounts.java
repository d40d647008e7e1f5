package dev.leasehold.testbed.quickstart;

import dev.leasehold.testbed.server.Account;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Who runs what. Root gives the sidecar and the agent a uid each; anybody else has one uid for all
 * three, which Leasehold serves only because the configuration says {@code unsafe-same-uid}.
 *
 * @param operator our own uid
 */
record Accounts(int operator, int sidecar, int agent) {
  private static final int SIDECAR = 61001;
  private static final int AGENT = 61002;

  static Accounts choose(Path java) {
    int own = Account.uid();
    if (own == 0 && othersCanRun(java)) {
      return new Accounts(0, SIDECAR, AGENT);
    }
    return new Accounts(own, own, own);
  }

  boolean areSeparate() {
    return agent != sidecar;
  }

  private static boolean othersCanRun(Path java) {
    try {
      Process probe =
          new ProcessBuilder(Account.commandAs(AGENT, List.of(java.toString(), "-version")))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return probe.waitFor() == 0;
    } catch (IOException noSetpriv) {
      return false;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Gives a file or folder to the sidecar. */
  void giveToSidecar(Path path) throws IOException {
    if (areSeparate()) {
      Files.setAttribute(path, "unix:uid", sidecar);
      Files.setAttribute(path, "unix:gid", sidecar);
    }
  }
}
