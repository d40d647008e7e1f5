package dev.leasehold.broker.lease;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How long a lease may live that nobody knows, because the answer that named it never came. Its
 * token's life bounds nothing: a read that is under way when its token is revoked makes a lease
 * that outlives it. The best that is known is the longest life of which either the configuration
 * or, so far, the store itself has told for this credential. A store that was set up to give longer
 * leases than the configured ttl, and never answered before, can exceed it; {@code check --online}
 * warns of such a store.
 */
final class LeaseLives {
  /** As long as the store itself lets one request run (Vault's default_max_request_duration). */
  private static final Duration LONGEST_REQUEST = Duration.ofSeconds(90);

  private final Map<String, Duration> longestTold = new ConcurrentHashMap<>();

  void told(String credential, Duration leaseDuration) {
    longestTold.merge(
        credential, leaseDuration, (one, other) -> one.compareTo(other) > 0 ? one : other);
  }

  /** From the moment the read is sent. */
  Duration longest(Credential credential) {
    Duration told = longestTold.getOrDefault(credential.name(), Duration.ZERO);
    Duration life = told.compareTo(credential.ttl()) > 0 ? told : credential.ttl();
    return LONGEST_REQUEST.plus(life);
  }
}
