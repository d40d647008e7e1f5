package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.Target.Scheme;
import dev.leasehold.broker.policy.Call;
import dev.leasehold.broker.task.Task;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** What is known of a call by the address alone to which it came. */
sealed interface Door {
  /** Calls name target and task themselves. */
  record Proxy() implements Door {}

  /**
   * Calls name their target; those that name no task belong to this one.
   *
   * @param task empty while it is not open yet
   */
  record DefaultProxy(Supplier<Optional<Task>> task) implements Door {}

  /** Calls name their target; the port is the task's. */
  record TaskProxy(Task task) implements Door {}

  /** The port stands for one destination of one task. */
  record TaskEndpoint(Task task, String destination, Set<String> ownHosts) implements Door {}

  /** The address stands for one destination; calls name their task. */
  record FixedEndpoint(String destination, Set<String> ownHosts) implements Door {}

  /**
   * Inside a CONNECT: target and task are those that it named.
   *
   * @param scheme whether the agent speaks TLS in it
   * @param nameAgrees whether TLS asked for the same host (SNI, RFC 6066 §3), or for none
   */
  record Tunnel(Task task, Authority authority, Scheme scheme, boolean nameAgrees) implements Door {
    /**
     * The target as rules see it: clients that tunnel plain HTTP write port 80 for none, and then
     * the destination's own is meant.
     */
    Authority called() {
      boolean unsaid = scheme == Scheme.HTTP && authority.port() == Scheme.HTTP.defaultPort();
      return unsaid ? new Authority(authority.host(), Call.ANY_PORT) : authority;
    }
  }

  /** The task whose calls alone come in here. */
  default Optional<Task> owner() {
    return switch (this) {
      case Proxy proxy -> Optional.empty();
      case DefaultProxy proxy -> Optional.empty();
      case TaskProxy(Task task) -> Optional.of(task);
      case TaskEndpoint(Task task, var destination, var ownHosts) -> Optional.of(task);
      case FixedEndpoint fixed -> Optional.empty();
      case Tunnel tunnel -> Optional.of(tunnel.task());
    };
  }

  /** The name of the destination that it stands for. */
  default Optional<String> destinationName() {
    return switch (this) {
      case Proxy proxy -> Optional.empty();
      case DefaultProxy proxy -> Optional.empty();
      case TaskProxy proxy -> Optional.empty();
      case TaskEndpoint endpoint -> Optional.of(endpoint.destination());
      case FixedEndpoint endpoint -> Optional.of(endpoint.destination());
      case Tunnel tunnel -> Optional.empty();
    };
  }

  /** What an endpoint's Host may be, lower case; empty: anything, for a Unix socket. */
  default Set<String> ownHosts() {
    return switch (this) {
      case Proxy proxy -> Set.of();
      case DefaultProxy proxy -> Set.of();
      case TaskProxy proxy -> Set.of();
      case TaskEndpoint endpoint -> endpoint.ownHosts();
      case FixedEndpoint endpoint -> endpoint.ownHosts();
      case Tunnel tunnel -> Set.of();
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
