package dev.leasehold.broker;

import dev.leasehold.broker.config.Configuration;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.identity.Identity;
import dev.leasehold.broker.identity.IdentitySnapshot;
import dev.leasehold.broker.secret.GenerationEvents;
import dev.leasehold.broker.telemetry.BootClock;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.broker.vault.VaultSecretStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * Tries what serving would need, in that order: the SVID, the login at Vault, one token for each
 * kind, one secret for each credential, a connection to each destination. What it was given it
 * gives back: each lease is revoked at once, and the login with all below it at the end.
 */
final class OnlineCheck {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final Configuration configuration;
  private final Findings findings;

  private OnlineCheck(Configuration configuration, Findings findings) {
    this.configuration = configuration;
    this.findings = findings;
  }

  /** Blocks for as long as the services take. */
  static int run(Configuration configuration, Console console) {
    Findings findings = new Findings(console.out());
    OnlineCheck check = new OnlineCheck(configuration, findings);
    BootClock clock = BootClock.system();
    try (Metrics metrics = new Metrics("check", "none");
        Identity identity = new Identity(configuration.identity(), clock, metrics)) {
      check.identity(identity, clock, metrics);
      check.destinations(identity, clock);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return ExitStatus.UNAVAILABLE;
    }
    return findings.failed() == 0 ? ExitStatus.DONE : ExitStatus.UNAVAILABLE;
  }

  private void identity(Identity identity, BootClock clock, Metrics metrics)
      throws InterruptedException {
    identity.start();
    Optional<IdentitySnapshot> snapshot = identity.awaitFirst(PATIENCE);
    if (snapshot.isEmpty()) {
      findings.failed("identity", identity.notReady().orElse("it is gone again"));
      findings.skipped("vault, tasks and credentials", "nobody logs in without an identity");
      return;
    }
    IdentitySnapshot svid = snapshot.get();
    findings.fine("identity", svid.spiffeId() + ", its SVID expires " + svid.expires());
    for (String agent : configuration.agents()) {
      if (agent.equals(svid.spiffeId())) {
        findings.warned(
            "identity", "is also an agent's: that agent could log in to Vault by itself");
      }
    }
    try (VaultSecretStore store =
        new VaultSecretStore(configuration.vault(), identity, clock, metrics)) {
      vault(store);
    }
  }

  private void vault(VaultSecretStore store) throws InterruptedException {
    store.start(new NobodyRemembers());
    if (!store.awaitReady(PATIENCE)) {
      findings.failed("vault", store.notReady().orElse("it is gone again"));
      findings.skipped("tasks and credentials", "there is no login");
      return;
    }
    findings.fine("vault", "login and heartbeat by " + configuration.vault().login().mount());
    CredentialTrial trial = new CredentialTrial(store, configuration, findings);
    configuration.kinds().values().stream()
        .sorted(Comparator.comparing(kind -> kind.name()))
        .forEach(trial::kind);
  }

  private void destinations(Identity identity, BootClock clock) throws InterruptedException {
    try (DestinationTrial trial = new DestinationTrial(configuration, identity, clock, findings)) {
      for (Destination destination :
          configuration.destinations().values().stream()
              .sorted(Comparator.comparing(Destination::name))
              .toList()) {
        trial.reach(destination);
      }
    }
  }

  /** Closing the store revokes the one login there is; if that fails it dies by its own life. */
  private static final class NobodyRemembers implements GenerationEvents {
    @Override
    public void opened(String generation, String loginAccessor, Instant expires) {}

    @Override
    public void lost(String generation, String reason) {}

    @Override
    public void closed(String generation) {}
  }
}
