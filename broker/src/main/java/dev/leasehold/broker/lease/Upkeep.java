package dev.leasehold.broker.lease;

import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.TaskToken;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.LeaseOperation;
import dev.leasehold.broker.telemetry.Outcome;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one lease alive while its task needs it, and retires it in time when it cannot be kept: a
 * call then has a new one fetched. A lease that outlives its task needs neither.
 */
final class Upkeep {
  private static final Logger log = LoggerFactory.getLogger(Upkeep.class);

  /** No lease is renewed in its last seconds: an answer that comes too late finds it dead. */
  private static final long LAST_SECONDS = Duration.ofSeconds(5).toNanos();

  private static final long RETRY = Duration.ofSeconds(1).toNanos();
  private static final long LONGEST_RETRY = Duration.ofSeconds(30).toNanos();

  private final Surroundings around;
  private final Revocation revocation;
  private final TaskHoldings holdings;
  private final HeldLease held;

  private Duration life;
  private long retry = RETRY;

  /**
   * @param life what the lease has of life from its issue on, by the configuration and the store
   */
  Upkeep(
      Surroundings around,
      Revocation revocation,
      TaskHoldings holdings,
      HeldLease held,
      Duration life) {
    this.around = around;
    this.revocation = revocation;
    this.holdings = holdings;
    this.held = held;
    this.life = life;
  }

  /** Plans the next act; nothing to do for a lease that outlives its task. */
  void plan() {
    long dies = held.lease().diesAtNanos();
    if (!task().isActive() || dies - task().deadlineNanos() >= 0) {
      return;
    }
    long begun = dies - life.toNanos();
    long renewal =
        begun + Math.min(twoThirds(life.toNanos()), life.toNanos() - LAST_SECONDS - RETRY);
    if (held.renewable() && held.leaseId().isPresent() && renewal - begun > 0) {
      held.upkeep(around.timers().at(renewal, this::renew));
    } else {
      planRetirement();
    }
  }

  /** Two thirds of a life, give or take a tenth of them, so that tasks do not renew in step. */
  private static long twoThirds(long life) {
    long middle = life / 3 * 2;
    long jitter = middle / 10;
    return middle - jitter + ThreadLocalRandom.current().nextLong(2 * jitter + 1);
  }

  private void planRetirement() {
    long margin = Math.min(LAST_SECONDS, life.toNanos() / 10);
    held.upkeep(around.timers().at(held.lease().diesAtNanos() - margin, this::retire));
  }

  private void renew() {
    TaskToken token = holdings.token().orElse(null);
    if (token == null || held.lease().isEnded() || !task().isActive()) {
      return;
    }
    long sent = around.now();
    try {
      Duration granted =
          around.store().renew(token, held.leaseId().orElseThrow(), held.credential().ttl());
      count(Outcome.OK);
      renewed(sent, granted);
    } catch (SecretStoreException failure) {
      count(StoreFailures.outcome(failure));
      log.warn(
          "event=renewal-failed task={} credential={} cause=\"{}\"",
          task().id(),
          held.credential().name(),
          failure.getMessage());
      retryAfter(failure);
    }
  }

  private void renewed(long sent, Duration granted) {
    Duration ttl = held.credential().ttl();
    Duration usable = granted.compareTo(ttl) < 0 ? granted : ttl;
    long dies = sent + usable.toNanos();
    long gained = dies - held.lease().diesAtNanos();
    if (gained <= RETRY) { // the store's own maximum is reached
      held.lease().livesUntil(gained < 0 ? dies : held.lease().diesAtNanos());
      planRetirement();
      return;
    }
    life = usable;
    retry = RETRY;
    held.lease().livesUntil(dies);
    held.expires = around.wall().instant().plus(granted);
    around
        .journal()
        .append(
            new JournalRecord.LeaseMade(
                task().id(), held.read(), held.leaseId().orElseThrow(), held.expires))
        .exceptionally(failure -> null); // it only says how long recovery would look for it
    around.events().renewed(task(), held.lease());
    plan();
  }

  private void retryAfter(SecretStoreException failure) {
    boolean hopeless = failure.kind() == SecretStoreException.Kind.INVALID;
    long pause = retry / 2 + ThreadLocalRandom.current().nextLong(retry / 2 + 1);
    pause = Math.max(pause, failure.retryAfter().map(Duration::toNanos).orElse(0L));
    long next = around.now() + Math.max(pause, RETRY);
    retry = Math.min(retry * 2, LONGEST_RETRY);
    if (hopeless) {
      retire();
    } else if (next - (held.lease().diesAtNanos() - LAST_SECONDS) >= 0) {
      planRetirement();
    } else {
      held.upkeep(around.timers().at(next, this::renew));
    }
  }

  /** No new call gets it; those that have it may use it as long as it lives. */
  private void retire() {
    holdings.slot(held.credential().name()).drop(held.lease());
    revocation.begin(held);
    if (held.isRevocable()) {
      held.upkeep(around.timers().at(held.lease().diesAtNanos(), this::end));
    }
  }

  private void end() {
    if (task().isActive()) {
      revocation.revoke(task(), held);
      revocation.prove(task(), held);
    }
  }

  private Task task() {
    return holdings.task();
  }

  private void count(Outcome outcome) {
    around.metrics().leaseOperation(held.credential().name(), LeaseOperation.RENEW, outcome);
  }
}
