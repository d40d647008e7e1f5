package dev.leasehold.broker.vault;

import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.telemetry.BootClock;
import io.github.jopenlibs.vault.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one generation's heartbeat token alive, on a thread of its own, for as long as the
 * generation is alive. A failed renewal is tried again until the token expires by our own clock;
 * nothing is ever made anew in its place here.
 */
final class Heartbeat implements Runnable {
  /** Told what the renewals find. */
  interface Listener {
    void renewed(Generation generation, Instant expires);

    /** Vault refuses the token; whether it is dead is for the listener to find out. */
    void refused(Generation generation);
  }

  private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);

  private final Generation generation;
  private final VaultClient client;
  private final BootClock clock;
  private final Listener listener;

  Heartbeat(Generation generation, VaultClient client, BootClock clock, Listener listener) {
    this.generation = generation;
    this.client = client;
    this.clock = clock;
    this.listener = listener;
  }

  @Override
  public void run() {
    int failures = 0;
    try {
      while (true) {
        Thread.sleep(pause(failures));
        if (!generation.isAlive()) {
          return;
        }
        failures = renewed() ? 0 : failures + 1;
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  private Duration pause(int failures) {
    double random = ThreadLocalRandom.current().nextDouble();
    Duration life = generation.heartbeatLife();
    return failures == 0
        ? GenerationRules.renewAfter(life, random)
        : GenerationRules.retryRenewalAfter(failures, life, random);
  }

  private boolean renewed() {
    try {
      return renew();
    } catch (RuntimeException bug) { // without this thread the token would die unnoticed
      log.error("vault=heartbeat-not-renewed generation={}", generation.id(), bug);
      return false;
    }
  }

  private boolean renew() {
    Duration life = generation.heartbeatLife();
    VaultRequest request =
        VaultRequest.post(
            Operation.RENEW_HEARTBEAT,
            "auth/token/renew-self",
            generation.heartbeatToken(),
            new JsonObject().add("increment", life.toSeconds() + "s"));
    long began = clock.nanos();
    try {
      VaultAnswer answer = client.call(request);
      Duration given =
          answer
              .object("auth")
              .map(auth -> VaultAnswer.seconds(auth, "lease_duration"))
              .orElse(Duration.ZERO);
      if (!given.isPositive()) {
        log.warn(
            "vault=heartbeat-not-renewed generation={} reason=\"no life given\"", generation.id());
        return false;
      }
      generation.heartbeatRenewed(began + given.toNanos());
      listener.renewed(generation, Instant.now().plus(given));
      return true;
    } catch (SecretStoreException failed) {
      log.warn(
          "vault=heartbeat-not-renewed generation={} left_ms={} reason=\"{}\"",
          generation.id(),
          generation.heartbeatLeft(clock.nanos()).toMillis(),
          failed.getMessage());
      if (failed.kind() == SecretStoreException.Kind.DENIED && generation.isAlive()) {
        listener.refused(generation);
      }
      return false;
    }
  }
}
