package dev.leasehold.broker.vault;

import dev.leasehold.broker.identity.IdentitySnapshot;
import dev.leasehold.broker.secret.SecretValue;
import java.time.Duration;
import java.util.Optional;

/**
 * One login and the heartbeat below it; all task tokens made with it live and die below both.
 *
 * <p>Its state only moves forward and is changed by {@link Generations} alone. A lost generation
 * makes nothing new, but its login token, while it lives, still revokes and proves.
 */
final class Generation {
  /** In the order of a life; a step may be skipped. */
  enum State {
    /** The newest: new tasks go here. */
    OPEN,
    /** Replaced: kept alive for the tasks it has. */
    DRAINING,
    /** Nothing of it may be used for work any more; its tasks are fenced. */
    LOST,
    /** Its login token is revoked or expired, and with it all below. */
    CLOSED
  }

  private final String id;
  private final IdentitySnapshot identity;
  private final TokenGrant login;
  private final TokenGrant heartbeat;
  private final long loginExpiresAtNanos;
  private volatile long heartbeatExpiresAtNanos;
  private volatile State state = State.OPEN;

  Generation(
      String id,
      IdentitySnapshot identity,
      TokenGrant login,
      long loginExpiresAtNanos,
      TokenGrant heartbeat,
      long heartbeatExpiresAtNanos) {
    this.id = id;
    this.identity = identity;
    this.login = login;
    this.loginExpiresAtNanos = loginExpiresAtNanos;
    this.heartbeat = heartbeat;
    this.heartbeatExpiresAtNanos = heartbeatExpiresAtNanos;
  }

  String id() {
    return id;
  }

  /** The snapshot that logged in. */
  IdentitySnapshot identity() {
    return identity;
  }

  SecretValue loginToken() {
    return login.token();
  }

  String loginAccessor() {
    return login.accessor();
  }

  SecretValue heartbeatToken() {
    return heartbeat.token();
  }

  String heartbeatAccessor() {
    return heartbeat.accessor();
  }

  Duration heartbeatLife() {
    return heartbeat.life();
  }

  Duration loginLife() {
    return login.life();
  }

  Duration loginLeft(long now) {
    return Duration.ofNanos(loginExpiresAtNanos - now);
  }

  Duration heartbeatLeft(long now) {
    return Duration.ofNanos(heartbeatExpiresAtNanos - now);
  }

  void heartbeatRenewed(long expiresAtNanos) {
    heartbeatExpiresAtNanos = expiresAtNanos;
  }

  State state() {
    return state;
  }

  void moveTo(State next) {
    if (next.compareTo(state) < 0) {
      throw new IllegalStateException(state + " to " + next);
    }
    state = next;
  }

  /** Whether its heartbeat is to be kept alive. */
  boolean isAlive() {
    return switch (state) {
      case OPEN, DRAINING -> true;
      case LOST, CLOSED -> false;
    };
  }

  /** Whether its login token may revoke and prove. */
  boolean canRevoke(long now) {
    return state != State.CLOSED && loginLeft(now).isPositive();
  }

  /** Why it can be used no more by the local clock; empty while it can. */
  Optional<String> expired(long now) {
    if (!heartbeatLeft(now).isPositive()) {
      return Optional.of("its heartbeat token expired without a renewal");
    }
    return loginLeft(now).isPositive() ? Optional.empty() : Optional.of("its login token expired");
  }

  void wipe() {
    login.token().destroy();
    heartbeat.token().destroy();
  }

  @Override
  public String toString() {
    return "Generation[" + id + ", " + state + "]";
  }
}
