package dev.leasehold.broker.vault;

import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.SecretStoreException.Kind;
import dev.leasehold.broker.telemetry.Outcome;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls of Vault as the rest of this package makes them: limited in number, bounded in time,
 * repeated where that is safe, counted, their warnings logged. Blocks; safe for many threads.
 */
final class VaultClient implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(VaultClient.class);
  private static final int MOST_ATTEMPTS = 3;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
  private static final Duration DRAIN = Duration.ofMinutes(1);

  private final VaultConfig config;
  private final VaultMeter meter;
  private final Map<Operation.Lane, Semaphore> lanes = new EnumMap<>(Operation.Lane.class);
  private volatile @Nullable VaultLink link;

  VaultClient(VaultConfig config, VaultMeter meter) {
    VaultLink.repeatNothingUnasked();
    this.config = config;
    this.meter = meter;
    for (Operation.Lane lane : Operation.Lane.values()) {
      if (lane != Operation.Lane.KEEPING) {
        lanes.put(lane, new Semaphore(config.parallelCalls()));
      }
    }
  }

  /** Sends new calls over {@code next}; those under way end where they began. */
  void use(VaultLink next) {
    VaultLink old = link;
    link = next;
    if (old != null) {
      Thread.ofVirtual().name("vault-link-drain").start(() -> closeLater(old));
    }
  }

  private static void closeLater(VaultLink old) {
    try {
      Thread.sleep(DRAIN);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
    old.close();
  }

  /** Makes a call that must succeed. */
  VaultAnswer call(VaultRequest request) throws SecretStoreException {
    return switch (attempt(request)) {
      case Attempt.Answered(VaultAnswer answer) -> answer;
      case Attempt.Refused(Refusal refusal, VaultAnswer answer) -> throw refusal.error();
      case Attempt.Failed(Refusal refusal) -> throw refusal.error();
    };
  }

  /** Makes a call whose refusal has a meaning of its own. */
  Attempt attempt(VaultRequest request) throws SecretStoreException {
    VaultLink current = link;
    if (current == null) {
      throw new SecretStoreException(Kind.NO_IDENTITY, "no connection to Vault before a login");
    }
    Semaphore lane = lanes.get(request.operation().lane());
    if (lane == null) {
      return measured(current, request);
    }
    if (!tryEnter(lane, request)) {
      meter.call(request.operation().metric(), Outcome.LIMITED, Duration.ZERO);
      throw new SecretStoreException(
          Kind.UNAVAILABLE,
          config.parallelCalls() + " calls of Vault are under way; gave up waiting to " + request);
    }
    try {
      return measured(current, request);
    } finally {
      lane.release();
    }
  }

  private boolean tryEnter(Semaphore lane, VaultRequest request) throws SecretStoreException {
    try {
      return lane.tryAcquire(
          request.operation().timeout(config.timeouts()).toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new SecretStoreException(Kind.UNAVAILABLE, "stopped before " + request);
    }
  }

  private Attempt measured(VaultLink current, VaultRequest request) {
    long begin = System.nanoTime();
    Attempt attempt = repeated(current, request);
    if (attempt instanceof Attempt.Answered(VaultAnswer answer)) {
      for (String warning : answer.warnings()) {
        log.warn("vault=warning call=\"{}\" warning=\"{}\"", request, oneLine(warning));
      }
    }
    meter.call(
        request.operation().metric(),
        VaultMeter.outcome(attempt),
        Duration.ofNanos(System.nanoTime() - begin));
    return attempt;
  }

  private Attempt repeated(VaultLink current, VaultRequest request) {
    Duration timeout = request.operation().timeout(config.timeouts());
    for (int made = 1; ; made++) {
      Attempt attempt = current.send(request, timeout);
      Refusal refusal =
          switch (attempt) {
            case Attempt.Answered answered -> null;
            case Attempt.Refused(Refusal why, VaultAnswer answer) -> why;
            case Attempt.Failed(Refusal why) -> why;
          };
      if (refusal == null
          || made == MOST_ATTEMPTS
          || !mayRepeat(request.operation(), refusal)
          || !pause(made, refusal)) {
        return attempt;
      }
    }
  }

  /** Whether the same call may be made again by itself. */
  static boolean mayRepeat(Operation operation, Refusal refusal) {
    boolean passing =
        switch (refusal.error().kind()) {
          case UNAVAILABLE, UNANSWERED -> true;
          case DENIED, INVALID, NO_IDENTITY -> false;
        };
    return passing
        && switch (operation.repeat()) {
          case NEVER -> false;
          case IF_NOTHING_DONE -> refusal.nothingDone();
          case ALWAYS -> true;
        };
  }

  /** Waits before the next attempt; false when Vault asks for more patience than one call has. */
  private static boolean pause(int made, Refusal refusal) {
    long bound = Math.min(FIRST_PAUSE.toMillis() << (made - 1), LONGEST_PAUSE.toMillis());
    long asked = refusal.error().retryAfter().map(Duration::toMillis).orElse(0L);
    if (asked > LONGEST_PAUSE.toMillis()) {
      return false;
    }
    try {
      Thread.sleep(asked + ThreadLocalRandom.current().nextLong(bound + 1));
      return true;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}+", " ");
  }

  @Override
  public void close() {
    VaultLink current = link;
    if (current != null) {
      current.close();
    }
  }
}
