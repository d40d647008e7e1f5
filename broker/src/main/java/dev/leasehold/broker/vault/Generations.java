package dev.leasehold.broker.vault;

import dev.leasehold.broker.identity.Identity;
import dev.leasehold.broker.identity.IdentitySnapshot;
import dev.leasehold.broker.secret.GenerationEvents;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.SecretStoreException.Kind;
import dev.leasehold.broker.telemetry.BootClock;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.broker.telemetry.TokenLevel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All generations of this process, newest last, and the threads that keep them.
 *
 * <p>Threads, all virtual: the <i>keeper</i> logs in and ends what is drained, so it waits for
 * Vault; the <i>watch</i> asks the clock and the identity four times a second and calls nobody but
 * {@link GenerationEvents}, so that no slow Vault can delay a fence; each generation has its {@link
 * Heartbeat}. The state of a generation changes under {@code lock}, which is never held during a
 * call of Vault or of a listener.
 */
final class Generations implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Generations.class);
  private static final Duration TICK = Duration.ofMillis(250);
  private static final Duration END_RETRY = Duration.ofSeconds(5);

  private final Identity identity;
  private final VaultClient client;
  private final BootClock clock;
  private final Metrics metrics;
  private final TaskTokens tasks;
  private final GenerationEvents events;
  private final GenerationLogin login;
  private final LoginSchedule schedule;
  private final AuthorityWatch authorities;
  private final GenerationEnd end;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ReentrantLock oneLogin = new ReentrantLock();
  private final List<Generation> generations = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile String lastFailure = "no login yet";
  private volatile boolean closed;

  Generations(
      VaultConfig config,
      Identity identity,
      VaultClient client,
      BootClock clock,
      Metrics metrics,
      TaskTokens tasks,
      GenerationEvents events) {
    this.identity = identity;
    this.client = client;
    this.clock = clock;
    this.metrics = metrics;
    this.tasks = tasks;
    this.events = events;
    this.login = new GenerationLogin(config, identity, client, clock);
    this.schedule = new LoginSchedule(config.longestTask());
    this.authorities = new AuthorityWatch(config.login().method());
    this.end = new GenerationEnd(client, clock, END_RETRY);
  }

  void start() {
    threads.add(Thread.ofVirtual().name("vault-keeper").start(this::keep));
    threads.add(Thread.ofVirtual().name("vault-watch").start(this::watch));
  }

  /** The generation that new tasks go to. */
  Generation current() throws SecretStoreException {
    return usable()
        .orElseThrow(() -> new SecretStoreException(Kind.NO_IDENTITY, notReady().orElse("")));
  }

  private Optional<Generation> usable() {
    long now = clock.nanos();
    for (Generation generation : generations) {
      if (generation.state() == Generation.State.OPEN
          && generation.expired(now).isEmpty()
          && identity.current().isPresent()) {
        return Optional.of(generation);
      }
    }
    return Optional.empty();
  }

  /** Those whose login token may revoke and prove, newest first. */
  List<Generation> revokers() {
    long now = clock.nanos();
    return generations.reversed().stream().filter(one -> one.canRevoke(now)).toList();
  }

  Optional<String> notReady() {
    return usable().isPresent() ? Optional.empty() : Optional.of(lastFailure);
  }

  List<String> warnings() {
    return authorities.warnings(identity.current());
  }

  boolean awaitUsable(Duration timeout) throws InterruptedException {
    long deadline = clock.nanos() + timeout.toNanos();
    lock.lockInterruptibly();
    try {
      while (usable().isEmpty()) {
        long left = deadline - clock.nanos();
        if (left <= 0 || closed) {
          return false;
        }
        changed.awaitNanos(Math.min(left, TICK.toNanos()));
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void keep() {
    try {
      while (!closed) {
        logInIfDue();
        for (Generation generation : generations) {
          endIfDrained(generation);
        }
        awaitChange();
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException bug) {
      log.error("the keeper of the Vault tokens failed; new logins are over", bug);
      lastFailure = "internal error: " + bug;
    }
  }

  @SuppressWarnings("WaitNotInLoop") // woken or not, the keeper looks again
  private void awaitChange() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      changed.awaitNanos(TICK.toNanos());
    } finally {
      lock.unlock();
    }
  }

  private void logInIfDue() {
    Optional<IdentitySnapshot> snapshot = identity.current();
    if (snapshot.isEmpty()) {
      lastFailure = "no identity to log in with: " + identity.notReady().orElse("");
      return;
    }
    long now = clock.nanos();
    Optional<String> why = schedule.due(usable(), snapshot.get(), now);
    if (why.isEmpty()) {
      return;
    }
    try {
      logIn(snapshot.get(), why.get());
    } catch (SecretStoreException | RuntimeException failed) {
      Duration asked =
          failed instanceof SecretStoreException e
              ? e.retryAfter().orElse(Duration.ZERO)
              : Duration.ZERO;
      Duration pause = schedule.failed(clock.nanos(), asked);
      lastFailure = "login failed: " + failed.getMessage();
      log.warn(
          "vault=waiting for=login because=\"{}\" retry_ms={} reason=\"{}\"",
          why.get(),
          pause.toMillis(),
          failed.getMessage());
    }
  }

  private Generation logIn(IdentitySnapshot snapshot, String why) throws SecretStoreException {
    oneLogin.lock();
    try {
      Generation next = login.open(snapshot, events);
      schedule.succeeded();
      authorities.usedBy(snapshot);
      lock.lock();
      try {
        for (Generation before : generations) {
          if (before.state() == Generation.State.OPEN) {
            before.moveTo(Generation.State.DRAINING);
          }
        }
        generations.add(next);
        changed.signalAll();
      } finally {
        lock.unlock();
      }
      log.info(
          "vault=logged-in generation={} because=\"{}\" login_s={} heartbeat_s={}",
          next.id(),
          why,
          next.loginLife().toSeconds(),
          next.heartbeatLife().toSeconds());
      metrics.vaultTokenExpires(TokenLevel.LOGIN, Instant.now().plus(next.loginLife()));
      metrics.vaultTokenExpires(TokenLevel.HEARTBEAT, Instant.now().plus(next.heartbeatLife()));
      Thread.ofVirtual()
          .name("vault-heartbeat-" + next.id())
          .start(new Heartbeat(next, client, clock, new Beats()));
      return next;
    } finally {
      oneLogin.unlock();
    }
  }

  private void watch() {
    try {
      while (!closed) {
        for (Generation generation : generations) {
          if (generation.isAlive()) {
            generation.expired(clock.nanos()).ifPresent(reason -> lose(generation, reason));
            if (identity.current().isEmpty()) {
              lose(generation, identity.notReady().orElse("no identity"));
            }
          }
        }
        Thread.sleep(TICK);
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /** Gives a generation up; does nothing when that was done before. */
  void lose(Generation generation, String reason) {
    lock.lock();
    try {
      if (!generation.isAlive()) {
        return;
      }
      generation.moveTo(Generation.State.LOST);
      lastFailure = reason;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    log.error("vault=generation-lost generation={} reason=\"{}\"", generation.id(), reason);
    try {
      events.lost(generation.id(), reason);
    } catch (RuntimeException failure) {
      log.error("the loss of a generation could not be told", failure);
    }
  }

  private void endIfDrained(Generation generation) {
    boolean replaced =
        switch (generation.state()) {
          case OPEN -> false;
          case DRAINING, LOST -> true;
          case CLOSED -> false;
        };
    if (replaced
        && (!generation.canRevoke(clock.nanos()) || !tasks.hasAny(generation.id(), clock.nanos()))
        && end.tryNow(generation)) {
      close(generation);
    }
  }

  /** Whether Vault still knows the login token; one that it does not closes its generation. */
  boolean confirmLogin(Generation generation) throws SecretStoreException {
    if (!end.isDead(generation)) {
      return true;
    }
    lose(generation, "Vault does not know its login token any more");
    close(generation);
    return false;
  }

  private void close(Generation generation) {
    lock.lock();
    try {
      if (generation.state() == Generation.State.CLOSED) {
        return;
      }
      generation.moveTo(Generation.State.CLOSED);
      generations.remove(generation);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    generation.wipe();
    log.info("vault=generation-closed generation={}", generation.id());
    events.closed(generation.id());
  }

  /** Logs in anew and ends all others; an exception says that some of them may live. */
  void replaceAll() throws SecretStoreException {
    IdentitySnapshot snapshot =
        identity
            .current()
            .orElseThrow(
                () -> new SecretStoreException(Kind.NO_IDENTITY, identity.notReady().orElse("")));
    Generation next = logIn(snapshot, "all others are revoked");
    @Nullable SecretStoreException first = null;
    for (Generation before : generations) {
      if (before != next) {
        lose(before, "revoked together with all others");
        try {
          end.now(before);
          close(before);
        } catch (SecretStoreException failed) {
          first = first == null ? failed : first;
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /** What a heartbeat tells. */
  private final class Beats implements Heartbeat.Listener {
    @Override
    public void renewed(Generation generation, Instant expires) {
      if (generation.state() == Generation.State.OPEN) {
        metrics.vaultTokenExpires(TokenLevel.HEARTBEAT, expires);
      }
    }

    @Override
    public void refused(Generation generation) {
      if (end.heartbeatIsDead(generation)) {
        lose(generation, "Vault does not know its heartbeat token any more");
      }
    }
  }

  /** Tells that a heartbeat token was refused where it should have worked. */
  void heartbeatRefused(Generation generation) {
    new Beats().refused(generation);
  }

  /** Revokes every generation and ends every thread. */
  @Override
  public void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
    List<Thread> endings = new ArrayList<>();
    for (Generation generation : generations) {
      endings.add(
          Thread.ofVirtual()
              .name("vault-end-" + generation.id())
              .start(
                  () -> {
                    try {
                      end.now(generation);
                      close(generation);
                    } catch (SecretStoreException failed) {
                      log.warn(
                          "vault=generation-left generation={} reason=\"{}\"",
                          generation.id(),
                          failed.getMessage());
                    }
                  }));
    }
    try {
      for (Thread ending : endings) {
        ending.join();
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }
}
