package dev.leasehold.suite.sidecar;

import dev.leasehold.testbed.Needs;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.server.ServerKind;
import dev.leasehold.testbed.server.Servers;
import dev.leasehold.testbed.spiffe.EmbeddedTrustDomain;
import dev.leasehold.testbed.vault.EmbeddedVault;

/** Stand-ins, which can be asked to misbehave in ways that the real servers cannot. */
final class EmbeddedTestbed implements AutoCloseable {
  private final Testbed testbed =
      Testbed.start(
          Servers.prefer(ServerKind.EMBEDDED), Needs.VAULT, Needs.WORKLOAD_API, Needs.POSTGRES);

  Testbed testbed() {
    return testbed;
  }

  EmbeddedVault vault() {
    return (EmbeddedVault) testbed.vault();
  }

  EmbeddedTrustDomain identity() {
    return (EmbeddedTrustDomain) testbed.identity();
  }

  @Override
  public void close() {
    testbed.close();
  }
}
