package dev.leasehold.broker.lease;

import dev.leasehold.broker.secret.Revocability;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A lease as its task owes it to the store: from the answer that brought it to the proof of its
 * death. Each act on it belongs to one thread at a time; what others read is volatile.
 */
final class HeldLease {
  private final Lease lease;
  private final long read;
  private final Optional<String> leaseId;
  private final boolean renewable;
  private final Optional<String> username;

  private final AtomicBoolean ending = new AtomicBoolean();
  private final AtomicBoolean revoking = new AtomicBoolean();

  private volatile Timers.@Nullable Timer upkeep;

  /** What the store said last of its life. */
  volatile Instant expires;

  /** The store has confirmed its revocation. */
  volatile boolean revoked;

  /** The store has said that it no longer knows it. */
  volatile boolean provenVault;

  /** It is gone where it was used. */
  volatile boolean provenTarget;

  /** It is left to its expiry, and said so. */
  volatile boolean residual;

  /** Counted among those that are not proven for too long. */
  volatile boolean stuck;

  final AtomicInteger askedVault = new AtomicInteger();
  final AtomicInteger askedTarget = new AtomicInteger();

  /**
   * @param read the read that made it, as the journal numbers them
   * @param leaseId empty where the store keeps no lease
   * @param username what to ask the target for; empty where there is nothing to ask
   */
  HeldLease(
      Lease lease,
      long read,
      Optional<String> leaseId,
      boolean renewable,
      Optional<String> username,
      Instant expires) {
    this.lease = lease;
    this.read = read;
    this.leaseId = leaseId;
    this.renewable = renewable;
    this.username = username;
    this.expires = expires;
  }

  Lease lease() {
    return lease;
  }

  long read() {
    return read;
  }

  Optional<String> leaseId() {
    return leaseId;
  }

  boolean renewable() {
    return renewable;
  }

  Optional<String> username() {
    return username;
  }

  Credential credential() {
    return lease.credential();
  }

  Revocability revocability() {
    return lease.credential().revocability();
  }

  /** Whether its end can be asked of the store, and its death be proven there. */
  boolean isRevocable() {
    return leaseId.isPresent() && credential().isRevocable();
  }

  /** What is next to be done to keep it alive, or to let it go. */
  void upkeep(Timers.Timer next) {
    upkeep = next;
  }

  /** True for the first caller only. */
  boolean beginEnding() {
    Timers.Timer next = upkeep;
    if (next != null) {
      next.cancel();
    }
    return ending.compareAndSet(false, true);
  }

  /** True for one caller at a time: an engine that revokes twice at once may fail for good. */
  boolean beginRevoking() {
    return revoking.compareAndSet(false, true);
  }

  void stopRevoking() {
    revoking.set(false);
  }

  /** Whether it should be gone where it was used: it died by itself, or with its token. */
  boolean isDeadByTheStore() {
    return revoked || provenVault;
  }

  /** Whether nothing more will be learned of it at the store. */
  boolean isSettled() {
    return provenVault || residual;
  }

  LeaseView view() {
    LeaseView.State state =
        provenVault
            ? LeaseView.State.PROVEN
            : residual
                ? LeaseView.State.RESIDUAL
                : ending.get() ? LeaseView.State.ENDING : LeaseView.State.HELD;
    Credential credential = credential();
    return new LeaseView(
        credential.name(),
        credential.revocability(),
        credential.owner(),
        credential.classification(),
        lease.digest(),
        state,
        lease.issuedAt(),
        leaseId.map(id -> expires));
  }
}
