package dev.leasehold.broker.vault;

import dev.leasehold.broker.secret.Liveness;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.telemetry.BootClock;
import io.github.jopenlibs.vault.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a generation ends, and how its tokens are known to be dead. Blocks. */
final class GenerationEnd {
  private static final Logger log = LoggerFactory.getLogger(GenerationEnd.class);

  private final VaultClient client;
  private final BootClock clock;
  private final Duration retry;
  private final Map<String, Long> notBefore = new ConcurrentHashMap<>();

  GenerationEnd(VaultClient client, BootClock clock, Duration retry) {
    this.client = client;
    this.clock = clock;
    this.retry = retry;
  }

  /** Revokes the login token unless that failed a moment ago; true when it is dead. */
  boolean tryNow(Generation generation) {
    Long earliest = notBefore.get(generation.id());
    if (earliest != null && earliest - clock.nanos() > 0) {
      return false;
    }
    try {
      now(generation);
      return true;
    } catch (SecretStoreException failed) {
      notBefore.put(generation.id(), clock.nanos() + retry.toNanos());
      log.warn(
          "vault=generation-not-revoked generation={} reason=\"{}\"",
          generation.id(),
          failed.getMessage());
      return false;
    }
  }

  /** Revokes the login token and all below it; returns when it is dead. */
  void now(Generation generation) throws SecretStoreException {
    if (generation.loginLeft(clock.nanos()).isPositive()) {
      VaultRequest request =
          VaultRequest.post(
              Operation.REVOKE_SELF, "auth/token/revoke-self", generation.loginToken());
      switch (client.attempt(request)) {
        case Attempt.Answered answered -> {}
        case Attempt.Failed(Refusal refusal) -> throw refusal.error();
        case Attempt.Refused(Refusal refusal, VaultAnswer answer) -> {
          if (answer.status() != 403 || !isDead(generation)) {
            throw refusal.error();
          }
        }
      }
    }
    notBefore.remove(generation.id());
  }

  /**
   * Asks Vault with the login token for itself. Its policy allows that for certain, so a 403 says
   * that there is no such token.
   */
  boolean isDead(Generation generation) throws SecretStoreException {
    Attempt lookup =
        client.attempt(
            VaultRequest.get(
                Operation.LOOKUP_SELF, "auth/token/lookup-self", generation.loginToken()));
    return lookup instanceof Attempt.Refused(Refusal refusal, VaultAnswer answer)
        && answer.status() == 403;
  }

  /** Asks Vault with the login token for the heartbeat token; true only when proven dead. */
  boolean heartbeatIsDead(Generation generation) {
    try {
      Attempt lookup =
          client.attempt(
              VaultRequest.post(
                  Operation.LOOKUP_ACCESSOR,
                  "auth/token/lookup-accessor",
                  generation.loginToken(),
                  new JsonObject().add("accessor", generation.heartbeatAccessor())));
      return Proof.ofAccessor(lookup) == Liveness.DEAD
          || (lookup instanceof Attempt.Refused(Refusal refusal, VaultAnswer answer)
              && answer.status() == 403
              && isDead(generation));
    } catch (SecretStoreException unknown) {
      return false;
    }
  }
}
