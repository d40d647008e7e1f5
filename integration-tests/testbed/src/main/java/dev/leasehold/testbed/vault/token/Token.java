package dev.leasehold.testbed.vault.token;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A service token. What may change is its expiry, its uses and whether it has been revoked. */
public final class Token {
  private final String id;
  private final String accessor;
  private final TokenSpec spec;
  private final Instant created;
  private final AtomicInteger usesLeft;
  private volatile @Nullable Instant expires;
  private volatile @Nullable Instant renewed;

  Token(String id, String accessor, TokenSpec spec, Instant created) {
    this.id = id;
    this.accessor = accessor;
    this.spec = spec;
    this.created = created;
    this.usesLeft = new AtomicInteger(spec.uses());
    this.expires = spec.ttl().isZero() ? null : created.plus(spec.ttl());
  }

  public String id() {
    return id;
  }

  public String accessor() {
    return accessor;
  }

  public TokenSpec spec() {
    return spec;
  }

  public Instant created() {
    return created;
  }

  /** When it ends by itself; null for never. */
  public @Nullable Instant expires() {
    return expires;
  }

  boolean expired(Instant now) {
    Instant end = expires;
    return end != null && !now.isBefore(end);
  }

  void renew(Instant now, Instant until) {
    renewed = now;
    expires = until;
  }

  /** Counts one use; false when there was none left. */
  boolean use() {
    return spec.uses() == 0 || usesLeft.getAndDecrement() > 0;
  }

  /** Whether its last use has been made. */
  public boolean usedUp() {
    return spec.uses() > 0 && usesLeft.get() <= 0;
  }

  public Duration left(Instant now) {
    Instant end = expires;
    return end == null || end.isBefore(now) ? Duration.ZERO : Duration.between(now, end);
  }

  /** The members of a creation, login or renewal answer. */
  public JsonObject auth(Instant now) {
    return new JsonObject()
        .put("client_token", id)
        .put("accessor", accessor)
        .put("policies", new JsonArray(spec.policies()))
        .put("token_policies", new JsonArray(spec.policies()))
        .put("metadata", metadata())
        .put("lease_duration", left(now).plusMillis(500).toSeconds())
        .put("renewable", spec.renewable())
        .put("entity_id", spec.entity())
        .put("token_type", "service")
        .put("orphan", spec.parent() == null)
        .put("mfa_requirement", null)
        .put("num_uses", spec.uses());
  }

  /**
   * The members of a lookup.
   *
   * @param withId a lookup by accessor tells everything but the token itself
   */
  public JsonObject lookup(Instant now, boolean withId) {
    Instant end = expires;
    Instant last = renewed;
    JsonObject data =
        new JsonObject()
            .put("accessor", accessor)
            .put("creation_time", created.getEpochSecond())
            .put("creation_ttl", spec.ttl().toSeconds())
            .put("display_name", spec.displayName())
            .put("entity_id", spec.entity())
            .put("expire_time", end == null ? null : end.toString())
            .put("explicit_max_ttl", spec.explicitMax().toSeconds())
            .put("id", withId ? id : "")
            .put("issue_time", created.toString())
            .put("meta", metadata())
            .put("num_uses", usesShown())
            .put("orphan", spec.parent() == null)
            .put("path", spec.path())
            .put("policies", new JsonArray(spec.policies()))
            .put("renewable", spec.renewable())
            .put("ttl", left(now).toSeconds())
            .put("type", "service");
    if (last != null) {
      data.put("last_renewal", last.toString()).put("last_renewal_time", last.getEpochSecond());
    }
    if (!spec.period().isZero()) {
      data.put("period", spec.period().toSeconds());
    }
    if (!spec.role().isEmpty()) {
      data.put("role", spec.role());
    }
    return data;
  }

  /** A token on its last use is shown as already being revoked. */
  private int usesShown() {
    return spec.uses() > 0 && usesLeft.get() == 0 ? -1 : usesLeft.get();
  }

  private @Nullable JsonObject metadata() {
    return spec.meta().isEmpty() ? null : new JsonObject(new TreeMap<>(spec.meta()));
  }

  @Override
  public String toString() {
    return "token " + spec.displayName();
  }
}
