package dev.leasehold.broker.control;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The {@code control:} section.
 *
 * @param socket where callers known by their uid connect
 * @param address a loopback address for callers known by a token; port 0 takes a free one
 * @param callers nobody else is served
 * @param events which CloudEvents end a task
 * @param unsafeSameUid serve callers that have the sidecar's own uid, which could read its memory
 */
public record ControlConfig(
    Optional<Path> socket,
    Optional<InetSocketAddress> address,
    List<Caller> callers,
    List<EventMapping> events,
    boolean unsafeSameUid) {
  public ControlConfig {
    callers = List.copyOf(callers);
    events = List.copyOf(events);
    if (address.filter(listener -> !listener.getAddress().isLoopbackAddress()).isPresent()) {
      throw new IllegalArgumentException("control.address must be a loopback address");
    }
    if (socket.isEmpty() && callers.stream().anyMatch(Caller::isKnownByUid)) {
      throw new IllegalArgumentException("a caller known by uid needs control.socket");
    }
    if (address.isEmpty() && callers.stream().anyMatch(Caller::isKnownByTokenFile)) {
      throw new IllegalArgumentException("a caller known by token-file needs control.address");
    }
    if (callers.stream().map(Caller::owner).distinct().count() != callers.size()) {
      throw new IllegalArgumentException("two callers have the same uid or token-file");
    }
  }
}
