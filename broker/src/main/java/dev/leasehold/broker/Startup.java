package dev.leasehold.broker;

import dev.leasehold.broker.ca.Signer;
import dev.leasehold.broker.identity.Identity;
import dev.leasehold.broker.lease.Recovery;
import dev.leasehold.broker.vault.SigningConfig;
import dev.leasehold.broker.vault.VaultSecretStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From listening to being of use: an identity, then tokens of Vault, then the earlier life ended,
 * then the interception CA where Vault signs it.
 */
final class Startup {
  private static final Logger log = LoggerFactory.getLogger(Startup.class);
  private static final Duration STEP = Duration.ofSeconds(5);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LAST_PAUSE = Duration.ofMinutes(5);

  /** How long an earlier life may keep us from being ready while Vault answers. */
  private static final Duration RECOVERY_PATIENCE = Duration.ofSeconds(30);

  private final Identity identity;
  private final VaultSecretStore store;
  private final Recovery recovery;
  private final Interception interception;
  private final Optional<SigningConfig> signing;
  private final CountDownLatch recovered = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private Runnable next = () -> {};

  Startup(
      Identity identity,
      VaultSecretStore store,
      Recovery recovery,
      Interception interception,
      Optional<SigningConfig> signing) {
    this.identity = identity;
    this.store = store;
    this.recovery = recovery;
    this.interception = interception;
    this.signing = signing;
  }

  /** Has {@code action} run once all needed services have been there; before {@link #begin}. */
  void whenOver(Runnable action) {
    next = action;
  }

  /** Begins to wait, and goes on for ever. */
  void begin() {
    Thread.ofVirtual().name("startup").start(this::work);
  }

  private void work() {
    try {
      while (!store.awaitReady(STEP)) {
        log.warn("event=waiting cause=\"{}\"", waitingFor().orElse("Vault"));
      }
      if (!recovery.run(RECOVERY_PATIENCE)) {
        log.warn("event=recovery_goes_on cause=\"not all of an earlier life is proven dead yet\"");
      }
      recovered.countDown();
      if (signing.isPresent()) {
        awaitCa(new VaultSigner(signing.get(), store));
      }
      over.countDown();
      next.run();
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /** Each answer that is refused leaves a certificate in Vault, so the pauses grow. */
  private void awaitCa(Signer signer) throws InterruptedException {
    Duration pause = FIRST_PAUSE;
    interception.makeBy(signer);
    while (interception.notReady().isPresent()) {
      log.warn("event=waiting cause=\"{}\"", waitingFor().orElse("the interception CA"));
      Thread.sleep(pause);
      pause = pause.multipliedBy(2).compareTo(LAST_PAUSE) < 0 ? pause.multipliedBy(2) : LAST_PAUSE;
      interception.makeBy(signer);
    }
  }

  /** Why an earlier life still counts; empty when it does not. */
  Optional<String> notRecovered() {
    return recovered.getCount() == 0
        ? Optional.empty()
        : Optional.of("what an earlier life left behind is not dealt with yet");
  }

  /** The first of the needed services that is missing; empty when all have been there. */
  Optional<String> waitingFor() {
    return identity
        .notReady()
        .or(store::notReady)
        .or(this::notRecovered)
        .or(interception::notReady);
  }

  /** False when {@code patience} is over before all needed services have been there. */
  boolean await(Duration patience) throws InterruptedException {
    return over.await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }
}
