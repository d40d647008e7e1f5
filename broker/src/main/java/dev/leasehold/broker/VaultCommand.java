package dev.leasehold.broker;

import dev.leasehold.broker.config.Configuration;
import dev.leasehold.broker.identity.Identity;
import dev.leasehold.broker.identity.IdentitySnapshot;
import dev.leasehold.broker.identity.ServerTrust;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.SecretValue;
import dev.leasehold.broker.telemetry.BootClock;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.broker.vault.VaultConfig;
import dev.leasehold.broker.vault.VaultSetup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code leasehold vault plan|apply|diff}: what Vault needs to know of this configuration. */
final class VaultCommand implements Command {
  static final String USAGE =
      "leasehold vault plan|apply|diff --config FILE [--token-file FILE] [--bundle FILE]";

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final String TOKEN_VARIABLE = "VAULT_TOKEN";

  @Override
  public int run(List<String> words, Console console) throws UsageException {
    Arguments arguments =
        Arguments.parse(words, Set.of("--config", "--token-file", "--bundle"), Set.of());
    String action = arguments.onlyWord("plan, apply or diff");
    if (!Set.of("plan", "apply", "diff").contains(action)) {
      throw new UsageException("vault knows plan, apply and diff");
    }
    Optional<Configuration> read = ConfigFile.read(arguments.requiredPath("--config"), console);
    if (read.isEmpty()) {
      return ExitStatus.CONFIG;
    }
    Configuration configuration = read.get();
    try (Metrics metrics = new Metrics("vault " + action, "none");
        Identity identity = new Identity(configuration.identity(), BootClock.system(), metrics)) {
      return action.equals("plan")
          ? plan(configuration, identity, console)
          : ask(action, arguments, configuration, identity, console);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return ExitStatus.UNAVAILABLE;
    }
  }

  private static int plan(Configuration configuration, Identity identity, Console console)
      throws InterruptedException {
    Optional<String> spiffeId = configuration.identity().spiffeId();
    if (spiffeId.isEmpty()) {
      spiffeId = fetch(identity, console).map(IdentitySnapshot::spiffeId);
    }
    if (spiffeId.isEmpty()) {
      return ExitStatus.UNAVAILABLE;
    }
    new VaultSetup(configuration.vaultNeeds(spiffeId.get()), configuration.vault())
        .plan(console.out());
    return ExitStatus.DONE;
  }

  private static int ask(
      String action,
      Arguments arguments,
      Configuration configuration,
      Identity identity,
      Console console)
      throws UsageException, InterruptedException {
    SecretValue token = token(arguments, console);
    try {
      Optional<String> bundle = text(arguments.path("--bundle"));
      Optional<IdentitySnapshot> snapshot = Optional.empty();
      if (needsIdentity(configuration, bundle.isPresent())) {
        snapshot = fetch(identity, console);
        if (snapshot.isEmpty()) {
          return ExitStatus.UNAVAILABLE;
        }
      }
      String spiffeId =
          configuration
              .identity()
              .spiffeId()
              .or(snapshotId(snapshot))
              .orElseThrow(() -> new IllegalStateException("no SPIFFE ID"));
      VaultSetup setup = new VaultSetup(configuration.vaultNeeds(spiffeId), configuration.vault());
      if (action.equals("diff")) {
        boolean equal = setup.diff(console.out(), token, bundle, snapshot);
        return equal ? ExitStatus.DONE : ExitStatus.NO;
      }
      setup.apply(console.out(), token, bundle, snapshot);
      return ExitStatus.DONE;
    } catch (SecretStoreException refused) {
      console.complain(String.valueOf(refused.getMessage()));
      return ExitStatus.UNAVAILABLE;
    } finally {
      token.destroy();
    }
  }

  private static java.util.function.Supplier<Optional<String>> snapshotId(
      Optional<IdentitySnapshot> snapshot) {
    return () -> snapshot.map(IdentitySnapshot::spiffeId);
  }

  /** Whether anything depends on the Workload API that is written down nowhere else. */
  private static boolean needsIdentity(Configuration configuration, boolean bundleGiven) {
    VaultConfig vault = configuration.vault();
    boolean spiffeServer =
        switch (vault.trust()) {
          case ServerTrust.SpiffeServer server -> true;
          case ServerTrust.PemFile file -> false;
        };
    boolean bundle = vault.login().method() == VaultConfig.Method.CERT && !bundleGiven;
    return spiffeServer || bundle || configuration.identity().spiffeId().isEmpty();
  }

  private static Optional<IdentitySnapshot> fetch(Identity identity, Console console)
      throws InterruptedException {
    identity.start();
    Optional<IdentitySnapshot> snapshot = identity.awaitFirst(PATIENCE);
    if (snapshot.isEmpty()) {
      console.complain(identity.notReady().orElse("the identity is gone again"));
    }
    return snapshot;
  }

  private static SecretValue token(Arguments arguments, Console console) throws UsageException {
    String text =
        text(arguments.path("--token-file"))
            .orElse(console.environment().getOrDefault(TOKEN_VARIABLE, ""))
            .strip();
    if (text.isEmpty()) {
      throw new UsageException(
          "an admin token is needed: set " + TOKEN_VARIABLE + " or give --token-file FILE");
    }
    if (!text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new UsageException("the admin token holds characters that no token has");
    }
    return SecretValue.takeOwnershipOf(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static Optional<String> text(Optional<Path> file) throws UsageException {
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readString(file.get()));
    } catch (IOException unreadable) {
      throw new UsageException("cannot read " + file.get());
    }
  }
}
