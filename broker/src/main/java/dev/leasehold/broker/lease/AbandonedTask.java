package dev.leasehold.broker.lease;

import dev.leasehold.broker.lease.JournalRecord.LeaseMade;
import dev.leasehold.broker.lease.JournalRecord.ReadSettled;
import dev.leasehold.broker.secret.Liveness;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.task.TaskId;
import dev.leasehold.broker.telemetry.LeaseOperation;
import dev.leasehold.broker.telemetry.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task that an earlier life of this process left behind, known from the journal alone. What is
 * past its expiry is let go after one more try: the store need not know of it any more, and its
 * policies may no longer let us ask.
 */
final class AbandonedTask {
  private static final Logger log = LoggerFactory.getLogger(AbandonedTask.class);

  private final Surroundings around;
  private final JournalState.OpenTask task;
  private final Map<Long, JournalState.Read> open = new ConcurrentHashMap<>();
  private final List<String> credentials;
  private final int leases;
  private final AtomicInteger proven = new AtomicInteger();
  private final AtomicInteger expired = new AtomicInteger();
  private final long found;
  private volatile boolean tokenOver;

  AbandonedTask(Surroundings around, JournalState.OpenTask task) {
    this.around = around;
    this.task = task;
    this.open.putAll(task.reads);
    this.credentials =
        task.reads.values().stream().map(read -> read.intent().credential()).distinct().toList();
    this.leases = (int) task.reads.values().stream().filter(read -> read.lease() != null).count();
    this.tokenOver = task.token == null; // never made, or covered by its generation
    this.found = around.now();
    open.values().forEach(read -> pending(read, 1));
  }

  TaskId id() {
    return task.intent.task();
  }

  /** Tries once to end all that is left; blocks. */
  void attempt() {
    InParallel ends = new InParallel();
    open.forEach((number, read) -> ends.start(() -> attempt(number, read)));
    if (!tokenOver) {
      tokenOver = endToken();
    }
    ends.join();
  }

  private void attempt(long number, JournalState.Read read) {
    LeaseMade lease = read.lease();
    boolean over =
        lease == null ? isPast(read.intent().mayLiveUntil()) : isEnded(read.intent(), lease);
    if (!over) {
      return;
    }
    open.remove(number);
    pending(read, -1);
    around.journal().note(new ReadSettled(id(), number)); // or the next life settles it once more
    if (lease == null) {
      expired.incrementAndGet();
    }
  }

  private boolean isEnded(JournalRecord.ReadIntent intent, LeaseMade lease) {
    String credential = intent.credential();
    boolean past = isPast(lease.expires());
    try {
      around.store().revokeLease(lease.leaseId());
      count(credential, LeaseOperation.REVOKE, Outcome.OK);
    } catch (SecretStoreException failure) {
      count(credential, LeaseOperation.REVOKE, StoreFailures.outcome(failure));
      log.warn(
          "event=abandoned-lease-not-revoked task={} credential={} cause=\"{}\"",
          id(),
          credential,
          failure.getMessage());
    }
    if (around.store().lookupLease(lease.leaseId()) == Liveness.DEAD) {
      count(credential, LeaseOperation.VERIFY, Outcome.OK);
      proven.incrementAndGet();
      around
          .metrics()
          .exposed(
              credential, intent.revocability().word(), Duration.ofNanos(around.now() - found));
      return true;
    }
    count(credential, LeaseOperation.VERIFY, Outcome.UNPROVEN);
    if (past) {
      expired.incrementAndGet();
    }
    return past;
  }

  private boolean endToken() {
    JournalRecord.TokenMade token = task.token;
    if (token == null || around.store().lookupAccessor(token.accessor()) == Liveness.DEAD) {
      return true;
    }
    try {
      around.store().revokeAccessor(token.accessor());
    } catch (SecretStoreException failure) {
      log.warn(
          "event=abandoned-token-not-revoked task={} cause=\"{}\"", id(), failure.getMessage());
    }
    return around.store().lookupAccessor(token.accessor()) == Liveness.DEAD
        || isPast(task.intent.tokenExpires());
  }

  /** Whether only reads without an answer are left, about which nobody can do anything. */
  boolean isRevocationOver() {
    return tokenOver && open.values().stream().allMatch(read -> read.lease() == null);
  }

  boolean isOver() {
    return tokenOver && open.isEmpty();
  }

  RecoveredTask outcome() {
    return new RecoveredTask(
        id(),
        task.intent.kind(),
        Optional.ofNullable(task.ended).map(JournalRecord.Ended::signal),
        credentials,
        leases,
        proven.get(),
        expired.get());
  }

  private boolean isPast(Instant time) {
    return !around.wall().instant().isBefore(time);
  }

  private void pending(JournalState.Read read, int change) {
    String revocability = read.intent().revocability().word();
    if (read.lease() == null) {
      around.metrics().readsUnanswered(revocability, change);
    } else {
      around.metrics().revocationsPending(revocability, change);
    }
  }

  private void count(String credential, LeaseOperation operation, Outcome outcome) {
    around.metrics().leaseOperation(credential, operation, outcome);
  }
}
