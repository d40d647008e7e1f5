package dev.leasehold.testbed.vault.lease;

import dev.leasehold.testbed.vault.token.Life;
import dev.leasehold.testbed.vault.token.Token;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One issued secret. Its lock keeps two revocations from working on it at once. */
public final class Lease {
  final ReentrantLock working = new ReentrantLock();
  private final String id;
  private final Token token;
  private final Instant issued;
  private final Duration ttl;
  private final Duration maxTtl;
  private final LeasedSecret secret;
  private volatile Instant expires;
  private volatile @Nullable Instant renewed;
  private volatile @Nullable String givenUp;

  Lease(String id, Token token, Instant issued, Duration ttl, Duration maxTtl, LeasedSecret what) {
    this.id = id;
    this.token = token;
    this.issued = issued;
    this.ttl = ttl;
    this.maxTtl = maxTtl;
    this.secret = what;
    this.expires = issued.plus(ttl);
  }

  public String id() {
    return id;
  }

  Token token() {
    return token;
  }

  LeasedSecret secret() {
    return secret;
  }

  Instant expires() {
    return expires;
  }

  /** Why Vault no longer tries to end it; empty while it does. */
  public Optional<String> givenUp() {
    return Optional.ofNullable(givenUp);
  }

  void giveUp(String why) {
    givenUp = why;
  }

  void expireAt(Instant when) {
    expires = when;
  }

  /** What a renewal would give, capped by the longest life of this sort of secret. */
  Life renewable(Optional<Duration> increment, Instant now) {
    return Life.granted(increment.orElse(ttl), Duration.between(now, issued.plus(maxTtl)));
  }

  void renew(Instant now, Duration ttl) {
    renewed = now;
    expires = now.plus(ttl);
  }

  public long secondsLeft(Instant now) {
    return Duration.between(now, expires).plusMillis(500).toSeconds();
  }

  /** The members of a lookup. */
  public JsonObject lookup(Instant now) {
    Instant last = renewed;
    return new JsonObject()
        .put("id", id)
        .put("issue_time", issued.toString())
        .put("expire_time", expires.toString())
        .put("last_renewal", last == null ? null : last.toString())
        .put("renewable", true)
        .put("ttl", Duration.between(now, expires).toSeconds());
  }
}
