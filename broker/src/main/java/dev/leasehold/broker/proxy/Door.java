package dev.leasehold.broker.proxy;

import dev.leasehold.broker.task.Task;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;

/** What is known of a call by the address alone to which it came. */
sealed interface Door {
  /** Calls name target and task themselves. */
  record Proxy() implements Door {}

  /** Calls name their target; the port is the task's. */
  record TaskProxy(Task task) implements Door {}

  /** The port stands for one destination of one task. */
  record TaskEndpoint(Task task, String destination, Set<String> ownHosts) implements Door {}

  /** The address stands for one destination; calls name their task. */
  record FixedEndpoint(String destination, Set<String> ownHosts) implements Door {}

  /** The task whose uid alone may come in here. */
  default Optional<Task> owner() {
    return switch (this) {
      case Proxy proxy -> Optional.empty();
      case TaskProxy(Task task) -> Optional.of(task);
      case TaskEndpoint(Task task, var destination, var ownHosts) -> Optional.of(task);
      case FixedEndpoint fixed -> Optional.empty();
    };
  }

  /** The name of the destination that it stands for. */
  default Optional<String> destinationName() {
    return switch (this) {
      case Proxy proxy -> Optional.empty();
      case TaskProxy proxy -> Optional.empty();
      case TaskEndpoint endpoint -> Optional.of(endpoint.destination());
      case FixedEndpoint endpoint -> Optional.of(endpoint.destination());
    };
  }

  /** What an endpoint's Host may be, lower case; empty: anything, for a Unix socket. */
  default Set<String> ownHosts() {
    return switch (this) {
      case Proxy proxy -> Set.of();
      case TaskProxy proxy -> Set.of();
      case TaskEndpoint endpoint -> endpoint.ownHosts();
      case FixedEndpoint endpoint -> endpoint.ownHosts();
    };
  }

  /** The spellings of a loopback address that its own clients use. */
  static Set<String> hostsOf(InetSocketAddress bound) {
    String literal = Authority.literal(bound.getAddress());
    int port = bound.getPort();
    return port == 80
        ? Set.of(literal, literal + ":80", "localhost", "localhost:80")
        : Set.of(literal + ":" + port, "localhost:" + port);
  }
}
