package dev.leasehold.broker.delegation;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * With which sidecars work is handed on.
 *
 * @param listen where they say that a task has ended; empty: nobody can
 * @param peers where each of them listens, by its SPIFFE ID
 * @param longest how long a grant, and so the task that comes of it, may live
 */
public record DelegationConfig(
    Optional<InetSocketAddress> listen, Map<String, URI> peers, Duration longest) {
  /** With nobody. */
  public static final DelegationConfig NONE =
      new DelegationConfig(Optional.empty(), Map.of(), Duration.ofMinutes(5));

  public DelegationConfig {
    peers = Map.copyOf(peers);
  }
}
