package dev.leasehold.broker.delegation;

import dev.leasehold.broker.identity.IdentitySnapshot;
import dev.leasehold.broker.task.Task;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The grants that were brought here. Each is good once; what it ends with is remembered for as long
 * as it could be brought again. Safe for several threads.
 */
public final class TakenGrants {
  private static final Duration SKEW = Duration.ofSeconds(30);

  /** What is known of one. */
  private static final class Known {
    final Instant until;
    boolean taken;
    boolean ended;
    @Nullable Task task;

    Known(Instant until) {
      this.until = until;
    }
  }

  private final DelegationConfig config;
  private final Supplier<Optional<IdentitySnapshot>> identity;
  private final InstantSource clock;
  private final Instant started;
  private final Map<String, Known> known = new HashMap<>(); // guarded by itself

  /** From here on: a grant that is older may have been taken by an earlier life of this process. */
  public TakenGrants(
      DelegationConfig config, Supplier<Optional<IdentitySnapshot>> identity, InstantSource clock) {
    this.config = config;
    this.identity = identity;
    this.clock = clock;
    this.started = clock.instant();
  }

  /**
   * Takes a grant that is for us, from a peer, now, and for the first time. To be followed by
   * {@link #openedAs} or {@link #giveBack}.
   */
  public Grant take(String token) throws GrantRefused {
    IdentitySnapshot own =
        identity.get().orElseThrow(() -> new GrantRefused("there is no identity to check it by"));
    Grant grant = GrantTokens.verify(token, own);
    Instant now = clock.instant();
    if (!grant.audience().equals(own.spiffeId())) {
      throw new GrantRefused("it is for another sidecar");
    }
    if (!config.peers().containsKey(grant.issuer())) {
      throw new GrantRefused("its issuer is none of delegation.peers");
    }
    if (!now.isBefore(grant.ends())) {
      throw new GrantRefused("its time is over");
    }
    if (grant.issued().isAfter(now.plus(SKEW))
        || grant.ends().isAfter(now.plus(config.longest()).plus(SKEW))) {
      throw new GrantRefused("its times are not plausible");
    }
    if (grant.issued().isBefore(started.truncatedTo(ChronoUnit.SECONDS))) {
      throw new GrantRefused("it was issued before this sidecar started; ask for another");
    }
    synchronized (known) {
      known.values().removeIf(old -> !now.isBefore(old.until));
      Known state =
          known.computeIfAbsent(
              key(grant.issuer(), grant.id()), key -> new Known(grant.ends().plus(SKEW)));
      if (state.ended) {
        throw new GrantRefused("the task that granted it has ended");
      }
      if (state.taken) {
        throw new GrantRefused("it was used already");
      }
      state.taken = true;
    }
    return grant;
  }

  /** A task came of it. False when its end was signalled meanwhile. */
  public boolean openedAs(Grant grant, Task task) {
    synchronized (known) {
      Known state = known.get(key(grant.issuer(), grant.id()));
      if (state == null || state.ended) {
        return false;
      }
      state.task = task;
      return true;
    }
  }

  /** Nothing came of it: it may be brought again. */
  public void giveBack(Grant grant) {
    synchronized (known) {
      Known state = known.get(key(grant.issuer(), grant.id()));
      if (state != null) {
        state.taken = false;
      }
    }
  }

  /**
   * Its issuer says that it is over.
   *
   * @return the task that came of it
   */
  Optional<Task> end(String issuer, String id) {
    Instant now = clock.instant();
    synchronized (known) {
      Known state =
          known.computeIfAbsent(
              key(issuer, id), key -> new Known(now.plus(config.longest()).plus(SKEW).plus(SKEW)));
      state.ended = true;
      return Optional.ofNullable(state.task);
    }
  }

  private static String key(String issuer, String id) {
    return issuer + " " + id;
  }
}
