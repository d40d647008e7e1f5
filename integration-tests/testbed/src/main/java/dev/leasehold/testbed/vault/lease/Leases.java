package dev.leasehold.testbed.vault.lease;

import dev.leasehold.testbed.vault.token.Life;
import dev.leasehold.testbed.vault.token.Secrets;
import dev.leasehold.testbed.vault.token.Token;
import dev.leasehold.testbed.vault.wire.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * All leases. A lease belongs to the token it was read with, yet nothing looks at that token when
 * the lease is registered: one that ended while its secret was being made leaves a lease behind, as
 * the real Vault does. Thread-safe; revocations run on virtual threads.
 */
public final class Leases implements AutoCloseable {
  private static final int ATTEMPTS = 6;

  private final ConcurrentSkipListMap<String, Lease> leases = new ConcurrentSkipListMap<>();
  private final ScheduledExecutorService timer;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final LeaseFaults faults;

  public Leases(ScheduledExecutorService timer, LeaseFaults faults) {
    this.timer = timer;
    this.faults = faults;
  }

  /**
   * Keeps what an engine has just made.
   *
   * @param path of the request; the lease id begins with it
   */
  public Lease register(
      String path, Token token, Duration ttl, Duration maxTtl, LeasedSecret secret) {
    Lease lease =
        new Lease(path + "/" + Secrets.base62(24), token, Instant.now(), ttl, maxTtl, secret);
    leases.put(lease.id(), lease);
    expireInTime(lease);
    return lease;
  }

  public Optional<Lease> find(String id) {
    return Optional.ofNullable(leases.get(id));
  }

  /** The leases whose id begins so, in the order of their ids. */
  public List<Lease> under(String prefix) {
    return leases.tailMap(prefix).entrySet().stream()
        .takeWhile(entry -> entry.getKey().startsWith(prefix))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** Those that Vault has given up on. */
  public List<Lease> irrevocable() {
    return leases.values().stream().filter(lease -> lease.givenUp().isPresent()).toList();
  }

  /**
   * Lets it live longer.
   *
   * @return warnings
   */
  public List<String> renew(Lease lease, Optional<Duration> increment) {
    Instant now = Instant.now();
    Life life = lease.renewable(increment, now);
    Duration ttl = life.ttl();
    if (!ttl.isPositive() || !now.isBefore(lease.expires())) {
      throw Refusal.badRequest("lease expired");
    }
    try {
      lease.secret().extend(now.plus(ttl));
    } catch (Exception e) {
      throw Refusal.failed("failed to renew entry: " + e.getMessage());
    }
    lease.renew(now, ttl);
    expireInTime(lease);
    return life.warnings();
  }

  /** Ends the secret before it returns; where that fails, nothing is queued. */
  public void revokeNow(Lease lease) {
    try {
      end(lease);
    } catch (Exception e) {
      throw Refusal.badRequest(
          "failed to revoke entry: resp: (*logical.Response)(nil) err: " + e.getMessage());
    }
  }

  /** Marks the lease as expired and leaves the work to the queue. */
  public void queue(Lease lease) {
    lease.expireAt(Instant.now());
    attemptLater(lease, 1, faults.delay());
  }

  /** Queues everything that was leased with a token that has ended. */
  public void queueAllOf(Token token) {
    leases.values().stream()
        .filter(lease -> lease.token() == token && lease.givenUp().isEmpty())
        .forEach(this::queue);
  }

  /** Forgets the lease, whether or not the secret could be ended. */
  public void forget(Lease lease) {
    try {
      end(lease);
    } catch (Exception unended) {
      leases.remove(lease.id());
    }
  }

  @Override
  public void close() {
    workers.shutdownNow();
  }

  private void end(Lease lease) throws Exception {
    lease.working.lock();
    try {
      if (leases.containsKey(lease.id())) {
        faults.check();
        lease.secret().end();
        leases.remove(lease.id());
      }
    } finally {
      lease.working.unlock();
    }
  }

  private void attemptLater(Lease lease, int attempt, Duration wait) {
    if (wait.isZero()) {
      workers.execute(() -> attempt(lease, attempt));
    } else {
      var unused =
          timer.schedule(
              () -> workers.execute(() -> attempt(lease, attempt)),
              wait.toMillis(),
              TimeUnit.MILLISECONDS);
    }
  }

  private void attempt(Lease lease, int attempt) {
    try {
      end(lease);
    } catch (Exception e) {
      if (attempt == ATTEMPTS) {
        lease.giveUp(String.valueOf(e.getMessage()));
      } else {
        attemptLater(lease, attempt + 1, faults.backOff(attempt));
      }
    }
  }

  private void expireInTime(Lease lease) {
    Instant due = lease.expires();
    long wait = Math.max(Duration.between(Instant.now(), due).toMillis() + 1, 0);
    var unused =
        timer.schedule(
            () -> {
              if (lease.expires().equals(due) && leases.containsKey(lease.id())) {
                attemptLater(lease, 1, faults.delay());
              }
            },
            wait,
            TimeUnit.MILLISECONDS);
  }
}
