package dev.leasehold.broker.identity;

import dev.leasehold.broker.telemetry.BootClock;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.broker.telemetry.SvidLevel;
import io.spiffe.exception.SocketEndpointAddressException;
import io.spiffe.svid.jwtsvid.JwtSvid;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our identity, kept up to date by the Workload API.
 *
 * <p>One thread of its own follows the Workload API, changes the snapshot and calls the listeners,
 * so they see every change once and in order; all else reads {@link #current()}. It waits for the
 * Workload API for ever, with a back-off, saying what it waits for. An identity that expired or was
 * withdrawn is gone at once: {@link #current()} asks the boot clock each time it is called.
 */
public final class Identity implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Identity.class);
  private static final Duration TICK = Duration.ofMillis(250);
  private static final Duration JWT_TIMEOUT = Duration.ofSeconds(10);
  // RFC 7515, section 7.1
  private static final Pattern JWS = Pattern.compile("[\\w-]+\\.[\\w-]+\\.[\\w-]+");
  private static final Duration REMIND = Duration.ofSeconds(30);

  private final IdentityConfig config;
  private final BootClock clock;
  private final Metrics metrics;
  private final SvidIntake intake;
  private final Reconnect reconnect = new Reconnect();
  private final List<IdentityListener> listeners = new CopyOnWriteArrayList<>();
  private final BlockingQueue<WorkloadApi.Event> events = new LinkedBlockingQueue<>();
  private final Object change = new Object();

  private volatile @Nullable IdentitySnapshot snapshot;
  private volatile String missing;
  private volatile @Nullable WorkloadApi workloadApi;
  private volatile boolean closed;
  private @Nullable Thread follower;

  public Identity(IdentityConfig config, BootClock clock, Metrics metrics) {
    this.config = config;
    this.clock = clock;
    this.metrics = metrics;
    this.intake = new SvidIntake(config.spiffeId(), clock, Clock.systemUTC());
    this.missing = "no answer yet from the Workload API at " + config.workloadApi();
  }

  /** Adds a listener; it is told of what comes after. */
  public void addListener(IdentityListener listener) {
    listeners.add(listener);
  }

  /** Begins to follow the Workload API and returns at once. */
  public synchronized void start() {
    if (follower != null || closed) {
      throw new IllegalStateException("an identity is started once");
    }
    follower = Thread.ofVirtual().name("identity").start(this::follow);
  }

  /** Waits for an identity; empty when the time is over. {@link #notReady()} then says why. */
  public Optional<IdentitySnapshot> awaitFirst(Duration timeout) throws InterruptedException {
    long deadline = clock.nanos() + timeout.toNanos();
    synchronized (change) {
      while (current().isEmpty()) {
        long left = deadline - clock.nanos();
        if (left <= 0 || closed) {
          return Optional.empty();
        }
        TimeUnit.NANOSECONDS.timedWait(change, Math.min(left, TICK.toNanos()));
      }
    }
    return current();
  }

  /** What we are now; empty before the first SVID, after its expiry and once it is withdrawn. */
  public Optional<IdentitySnapshot> current() {
    IdentitySnapshot now = snapshot;
    return now == null || now.expiresAtNanos() - clock.nanos() <= 0
        ? Optional.empty()
        : Optional.of(now);
  }

  /** Why there is no identity; empty when there is one. */
  public Optional<String> notReady() {
    return current().isPresent() ? Optional.empty() : Optional.of(reason());
  }

  private String reason() {
    IdentitySnapshot expired = snapshot;
    return expired == null ? missing : "the SVID expired at " + expired.expires();
  }

  /**
   * Lends a fresh JWT-SVID to {@code use}. It is a bearer secret, never kept: one is needed at a
   * login only. Blocks up to 10 s.
   *
   * @throws IdentityException when there is none
   */
  public <R> R withJwtSvid(String audience, Function<String, R> use) throws IdentityException {
    WorkloadApi api = workloadApi;
    IdentitySnapshot now = current().orElseThrow(() -> new IdentityException(reason(), null));
    if (api == null) {
      throw new IdentityException("no connection to the Workload API for a JWT-SVID", null);
    }
    JwtSvid svid = api.fetchJwtSvid(now.spiffeId(), audience, JWT_TIMEOUT);
    metrics.svidExpires(SvidLevel.JWT, svid.getExpiry().toInstant());
    return use.apply(svid.getToken());
  }

  /**
   * Whose a JWT-SVID is that was made for us: its subject's SPIFFE ID, empty where it is not valid
   * now or is for another audience than our own SPIFFE ID. Blocks up to 10 s.
   *
   * @throws IdentityException when the Workload API cannot be asked
   */
  public Optional<String> subjectOf(String jwtSvid) throws IdentityException {
    WorkloadApi api = workloadApi;
    IdentitySnapshot now = current().orElseThrow(() -> new IdentityException(reason(), null));
    if (api == null) {
      throw new IdentityException("no connection to the Workload API to check a JWT-SVID", null);
    }
    return JWS.matcher(jwtSvid).matches()
        ? api.validateJwtSvid(jwtSvid, now.spiffeId(), JWT_TIMEOUT)
        : Optional.empty();
  }

  private void follow() {
    try {
      while (!closed) {
        connectIfDue();
        WorkloadApi.Event event = events.poll(TICK.toMillis(), TimeUnit.MILLISECONDS);
        switch (event) {
          case null -> {}
          case WorkloadApi.Event.Update(var context) -> accept(intake.take(context));
          case WorkloadApi.Event.Failed(Throwable cause) -> failed(cause);
        }
        dropIfExpired();
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    } finally {
      disconnect();
    }
  }

  private void connectIfDue() {
    if (workloadApi != null) {
      if (current().isEmpty() && reconnect.remindIsDue(clock.nanos(), REMIND)) {
        log.warn("identity=waiting for={} reason=\"{}\"", config.workloadApi(), reason());
      }
      return;
    }
    if (!reconnect.isDue(clock.nanos())) {
      return;
    }
    try {
      workloadApi = WorkloadApi.watch(config.workloadApi(), events::add);
    } catch (SocketEndpointAddressException | RuntimeException unusable) {
      events.add(new WorkloadApi.Event.Failed(unusable));
    }
  }

  private void failed(Throwable cause) {
    disconnect();
    events.clear(); // of the connection that is gone
    Duration pause = reconnect.failed(clock.nanos());
    String why = WorkloadFailure.reason(cause);
    log.warn(
        "identity=waiting for={} retry_ms={} reason=\"{}\"",
        config.workloadApi(),
        pause.toMillis(),
        why);
    switch (WorkloadFailure.of(cause)) {
      case WITHDRAWN -> lose("the Workload API at " + config.workloadApi() + " refuses: " + why);
      case UNREACHABLE -> {
        if (snapshot == null) {
          missing = "no answer from the Workload API at " + config.workloadApi() + ": " + why;
        }
      }
    }
  }

  private void accept(SvidIntake.Outcome outcome) {
    switch (outcome) {
      case SvidIntake.Outcome.Refused(String reason) -> lose(reason);
      case SvidIntake.Outcome.Accepted(IdentitySnapshot next) -> {
        reconnect.succeeded();
        IdentitySnapshot before = snapshot;
        if (before != null && before.sameSvidAs(next) && before.sameBundlesAs(next)) {
          return; // sent again after a reconnection; users compare snapshots by identity
        }
        publish(next);
        metrics.svidExpires(SvidLevel.X509, next.expires());
        if (before == null || !before.sameSvidAs(next)) {
          log.info("identity=rotated spiffe_id={} expires={}", next.spiffeId(), next.expires());
          tell(listener -> listener.rotated(next));
        } else {
          log.info("identity=bundle-changed authorities={}", next.authorities().size());
          tell(listener -> listener.bundleChanged(next));
        }
      }
    }
  }

  private void dropIfExpired() {
    IdentitySnapshot now = snapshot;
    if (now != null && current().isEmpty()) {
      lose(reason());
    }
  }

  private void lose(String reason) {
    missing = reason;
    boolean had = snapshot != null;
    publish(null);
    if (had) {
      log.error("identity=lost reason=\"{}\"", reason);
      tell(listener -> listener.lost(reason));
    }
  }

  private void publish(@Nullable IdentitySnapshot next) {
    synchronized (change) {
      snapshot = next;
      change.notifyAll();
    }
  }

  private void tell(Consumer<IdentityListener> what) {
    for (IdentityListener listener : listeners) {
      try {
        what.accept(listener);
      } catch (RuntimeException failure) {
        log.error("identity listener failed", failure);
      }
    }
  }

  private void disconnect() {
    WorkloadApi old = workloadApi;
    workloadApi = null;
    if (old != null) {
      old.close();
    }
  }

  /** Ends the connection and its threads; the identity is gone. Idempotent. */
  @Override
  public void close() {
    Thread running;
    synchronized (this) {
      closed = true;
      running = follower;
    }
    if (running != null) {
      running.interrupt();
      try {
        running.join(Duration.ofSeconds(10));
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
      }
    }
    missing = "stopped";
    publish(null);
  }
}
