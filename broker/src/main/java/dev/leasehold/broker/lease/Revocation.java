package dev.leasehold.broker.lease;

import dev.leasehold.broker.secret.Liveness;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.LeaseOperation;
import dev.leasehold.broker.telemetry.Outcome;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single acts by which one lease ends, each safe to repeat: refuse it, revoke it, have its
 * death proven. Their order is {@link TaskEnd}'s. All but {@link #begin} block.
 */
final class Revocation {
  private static final Logger log = LoggerFactory.getLogger(Revocation.class);

  /** How often a lease that may be unprovable (soft) is asked after. */
  private static final int SOFT_LOOKUPS = 3;

  private static final int TARGET_LOOKUPS = 3;

  private final Surroundings around;

  Revocation(Surroundings around) {
    this.around = around;
  }

  /** No call gets it any more; its bytes are wiped when the last one that has it is over. */
  void begin(HeldLease held) {
    if (!held.beginEnding()) {
      return;
    }
    held.lease().end();
    String credential = held.credential().name();
    String revocability = held.revocability().word();
    around.metrics().leasesActive(credential, revocability, -1);
    if (held.isRevocable()) {
      around.metrics().revocationsPending(revocability, 1);
    }
  }

  /** Has the store's engine revoke it and waits for that; else has the store do it in its time. */
  void revoke(Task task, HeldLease held) {
    if (held.revoked || held.leaseId().isEmpty() || !held.beginRevoking()) {
      return;
    }
    String leaseId = held.leaseId().get();
    try {
      around.store().revokeLease(leaseId);
      held.revoked = true;
      count(held, LeaseOperation.REVOKE, Outcome.OK);
      around.events().revoked(task, held.lease(), Optional.empty());
    } catch (SecretStoreException failure) {
      count(held, LeaseOperation.REVOKE, StoreFailures.outcome(failure));
      around
          .events()
          .revoked(task, held.lease(), Optional.of(failure.kind() + ": " + failure.getMessage()));
      queue(leaseId);
    } finally {
      held.stopRevoking();
    }
  }

  /** The store then retries by itself, even if this process is gone. */
  private void queue(String leaseId) {
    try {
      around.store().queueLeaseRevocation(leaseId);
    } catch (SecretStoreException failure) {
      log.debug("event=queue-revocation-failed cause=\"{}\"", failure.getMessage());
    }
  }

  /** Asks the store whether it still knows the lease. */
  void prove(Task task, HeldLease held) {
    if (held.isSettled() || held.leaseId().isEmpty()) {
      return;
    }
    Liveness liveness = around.store().lookupLease(held.leaseId().get());
    int asked = held.askedVault.incrementAndGet();
    switch (liveness) {
      case DEAD -> {
        count(held, LeaseOperation.VERIFY, Outcome.OK);
        held.provenVault = true;
        proven(task, held);
      }
      case ALIVE -> {
        count(held, LeaseOperation.VERIFY, Outcome.FAILED);
        held.revoked = false; // whatever the store said of a revocation, it has not happened
      }
      case UNKNOWN -> count(held, LeaseOperation.VERIFY, Outcome.UNPROVEN);
    }
    if (liveness != Liveness.DEAD && isSoft(held) && asked >= SOFT_LOOKUPS) {
      noLongerPending(held);
      leaveBehind(task, held);
    }
  }

  private static boolean isSoft(HeldLease held) {
    return switch (held.revocability()) {
      case SOFT -> true;
      case HARD, TTL_ONLY, STATIC -> false;
    };
  }

  /** Shows it among those that people should look after. */
  void stuck(HeldLease held) {
    if (held.isRevocable() && !held.isSettled() && !held.stuck) {
      held.stuck = true;
      around.metrics().revocationsStuck(held.revocability().word(), 1);
    }
  }

  private void noLongerPending(HeldLease held) {
    String revocability = held.revocability().word();
    around.metrics().revocationsPending(revocability, -1);
    if (held.stuck) {
      held.stuck = false;
      around.metrics().revocationsStuck(revocability, -1);
    }
  }

  private void proven(Task task, HeldLease held) {
    String revocability = held.revocability().word();
    noLongerPending(held);
    task.end()
        .ifPresent(
            end -> {
              Duration took = Duration.ofNanos(around.now() - end.atNanos());
              around.metrics().revoked(revocability, took);
              around.metrics().exposed(held.credential().name(), revocability, took);
            });
    around.events().proven(task, held.lease(), TaskEvents.Where.VAULT);
    // Without it recovery would only find it dead once more.
    around.journal().note(new JournalRecord.ReadSettled(task.id(), held.read()));
  }

  /** Leaves to its expiry what cannot be revoked, and counts what remains of its life. */
  void leaveBehind(Task task, HeldLease held) {
    if (held.isSettled()) {
      return;
    }
    held.residual = true;
    if (held.leaseId().isPresent()) {
      Duration rest = Duration.between(around.wall().instant(), held.expires);
      around.metrics().exposed(held.credential().name(), held.revocability().word(), rest);
    }
    log.info(
        "event=left-to-expiry task={} credential={} revocability={}",
        task.id(),
        held.credential().name(),
        held.revocability().word());
  }

  /** Asks where it was used. What is answered there never holds up the proof at the store. */
  void proveAtTarget(
      Task task, HeldLease held, Function<VerifierConfig, TargetVerifier> verifiers) {
    if (isTargetSettled(held) || !held.isDeadByTheStore()) {
      return;
    }
    VerifierConfig where = held.credential().verify().orElseThrow();
    TargetProof proof = verifiers.apply(where).verify(held.username().orElseThrow());
    held.askedTarget.incrementAndGet();
    switch (proof) {
      case GONE -> {
        held.provenTarget = true;
        around.events().proven(task, held.lease(), TaskEvents.Where.TARGET);
      }
      case PRESENT -> {
        log.warn(
            "event=present-at-target task={} credential={}", task.id(), held.credential().name());
        around.events().presentAtTarget(task, held.lease());
      }
      case UNKNOWN ->
          log.warn(
              "event=target-not-asked task={} credential={}", task.id(), held.credential().name());
    }
  }

  /** Whether the target has said it, cannot be asked, or was asked often enough. */
  boolean isTargetSettled(HeldLease held) {
    return held.provenTarget
        || held.residual
        || held.username().isEmpty()
        || held.credential().verify().isEmpty()
        || held.askedTarget.get() >= TARGET_LOOKUPS;
  }

  private void count(HeldLease held, LeaseOperation operation, Outcome outcome) {
    around.metrics().leaseOperation(held.credential().name(), operation, outcome);
  }
}
