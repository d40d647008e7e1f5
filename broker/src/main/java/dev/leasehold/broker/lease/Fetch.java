package dev.leasehold.broker.lease;

import dev.leasehold.broker.lease.JournalRecord.LeaseMade;
import dev.leasehold.broker.lease.JournalRecord.ReadSettled;
import dev.leasehold.broker.lease.LeaseOutcome.Problem;
import dev.leasehold.broker.lease.LeaseOutcome.Refused;
import dev.leasehold.broker.lease.Slot.Fetched;
import dev.leasehold.broker.secret.IssuedSecret;
import dev.leasehold.broker.secret.Revocability;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.TaskToken;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.LeaseOperation;
import dev.leasehold.broker.telemetry.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One secret on its way from the store to its task, step by step, on a virtual thread of its own:
 * announce it ({@link Announcement}), read, say in the journal what was made, check it, hand it
 * out. Whatever goes wrong after the read was sent, the lease that it made, or may have made, is
 * with the task's holdings and dies with the task.
 */
final class Fetch implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Fetch.class);

  private final Surroundings around;
  private final LeaseLives lives;
  private final LeaseDigest digest;
  private final Revocation revocation;
  private final TaskHoldings holdings;
  private final Task task;
  private final Credential credential;
  private final Announcement announcement;
  private final long began;

  /**
   * @param credentialsOfTask all that the task's token must be able to read, this one or others
   */
  Fetch(
      Leases leases, TaskHoldings holdings, Credential credential, Set<String> credentialsOfTask) {
    this.around = leases.around();
    this.lives = leases.lives();
    this.digest = leases.digest();
    this.revocation = leases.revocation();
    this.holdings = holdings;
    this.task = holdings.task();
    this.credential = credential;
    this.announcement = new Announcement(leases, holdings, credential, credentialsOfTask);
    this.began = around.now();
  }

  @Override
  public void run() {
    OptionalLong number = holdings.beginRead();
    if (number.isEmpty()) {
      tell(taskEnded());
      return;
    }
    try {
      tell(fetch(number.getAsLong()));
    } catch (RuntimeException | Error bug) { // whoever waits for this has no other end to wait for
      log.error("event=fetch-failed task={} credential={}", task.id(), credential.name(), bug);
      tell(Fetched.none(Problem.VAULT_UNAVAILABLE, "the lease could not be fetched"));
    } finally {
      holdings.fetchOver();
    }
  }

  private void tell(Fetched fetched) {
    Fetched told = holdings.slot(credential.name()).fetched(fetched, around.now());
    if (told.refusal() != null) {
      around.events().notIssued(task, credential, told.refusal());
    }
  }

  private Fetched fetch(long read) {
    TaskToken token;
    try {
      token = announcement.of(read);
    } catch (SecretStoreException failure) {
      cameToNothing(read);
      return refused(failure);
    } catch (JournalException failure) {
      cameToNothing(read);
      return Fetched.none(Problem.VAULT_UNAVAILABLE, "the journal of leases cannot be written");
    } catch (RuntimeException | Error bug) {
      cameToNothing(read);
      throw bug;
    }
    if (!task.isActive()) {
      cameToNothing(read);
      return taskEnded();
    }
    long sent = around.now();
    IssuedSecret secret;
    try {
      secret = around.store().read(token, credential.path());
    } catch (SecretStoreException failure) {
      if (failure.kind() == SecretStoreException.Kind.UNANSWERED) {
        lost(read, sent);
      } else {
        cameToNothing(read);
      }
      return refused(failure);
    } catch (RuntimeException | Error bug) {
      lost(read, sent);
      throw bug;
    }
    return keep(read, sent, secret);
  }

  /** The lease exists: it is held before anything else, and lent only if all is well with it. */
  private Fetched keep(long read, long sent, IssuedSecret secret) {
    HeldLease held = held(read, sent, secret);
    around.metrics().leasesActive(credential.name(), credential.revocability().word(), 1);
    holdings.readBrought(held);
    secret.leaseId().ifPresent(id -> lives.told(credential.name(), secret.leaseDuration()));
    try {
      write(held);
    } catch (JournalException failure) {
      giveBack(held);
      return Fetched.none(Problem.VAULT_UNAVAILABLE, "the journal of leases cannot be written");
    }
    if (!task.isActive()) {
      count(Outcome.LATE);
      around.events().late(task, held.lease());
      giveBack(held);
      return taskEnded();
    }
    Optional<Refused> bad = SecretCheck.refusal(credential, secret.fields());
    if (bad.isPresent()) {
      count(Outcome.DENIED);
      giveBack(held);
      return new Fetched(null, bad.get());
    }
    count(Outcome.OK);
    holdings.live().came(held.lease());
    around.metrics().leaseAcquired(credential.name(), Duration.ofNanos(around.now() - began));
    around.events().issued(task, held.lease());
    new Upkeep(around, revocation, holdings, held, usableLife(secret)).plan();
    return Fetched.of(held.lease());
  }

  private HeldLease held(long read, long sent, IssuedSecret secret) {
    Instant now = around.wall().instant();
    Lease lease =
        new Lease(
            credential,
            secret.fields(),
            digest.of(secret.leaseId().orElse(task.id() + " " + read)),
            secret.requestId(),
            now,
            read,
            sent + usableLife(secret).toNanos(),
            holdings.live());
    Optional<String> username =
        credential
            .verify()
            .flatMap(where -> secret.fields().field("username"))
            .map(name -> name.lend(bytes -> new String(bytes, StandardCharsets.UTF_8)));
    return new HeldLease(
        lease,
        read,
        secret.leaseId(),
        secret.renewable(),
        username,
        now.plus(secret.leaseDuration()));
  }

  /** Counted from when the read was sent, as the store may have begun to count then. */
  private Duration usableLife(IssuedSecret secret) {
    boolean stated = secret.leaseId().isPresent() && secret.leaseDuration().isPositive();
    Duration told = stated ? secret.leaseDuration() : credential.ttl();
    return told.compareTo(credential.ttl()) < 0 ? told : credential.ttl();
  }

  private void write(HeldLease held) throws JournalException {
    if (held.isRevocable()) {
      around
          .journal()
          .write(new LeaseMade(task.id(), held.read(), held.leaseId().orElseThrow(), held.expires));
    } else {
      around.journal().write(new ReadSettled(task.id(), held.read())); // nothing to revoke, ever
    }
  }

  private void giveBack(HeldLease held) {
    revocation.begin(held);
    if (held.isRevocable()) {
      revocation.revoke(task, held);
    }
  }

  private void cameToNothing(long read) {
    holdings.readCameToNothing();
    // Without it recovery would only wait longer than it needs to.
    around.journal().note(new ReadSettled(task.id(), read));
  }

  private void lost(long read, long sent) {
    if (credential.revocability() == Revocability.STATIC) {
      cameToNothing(read); // reading what is stored makes no lease
      return;
    }
    Duration life = lives.longest(credential);
    Instant until = around.wall().instant().plus(life);
    around.metrics().readsUnanswered(credential.revocability().word(), 1);
    holdings.readLost(new LostRead(credential, read, until, sent + life.toNanos()));
    around.events().unanswered(task, credential, until);
  }

  private Fetched refused(SecretStoreException failure) {
    count(StoreFailures.outcome(failure));
    log.warn(
        "event=lease-refused task={} credential={} kind={} cause=\"{}\"",
        task.id(),
        credential.name(),
        failure.kind(),
        failure.getMessage());
    return new Fetched(null, StoreFailures.refusal(credential, failure));
  }

  private static Fetched taskEnded() {
    return Fetched.none(Problem.TASK_ENDED, "the task has ended");
  }

  private void count(Outcome outcome) {
    around.metrics().leaseOperation(credential.name(), LeaseOperation.ACQUIRE, outcome);
  }
}
