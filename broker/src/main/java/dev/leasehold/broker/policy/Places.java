package dev.leasehold.broker.policy;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Target;
import dev.leasehold.broker.task.Task;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which destinations an origin may mean: those of one host, however many there are of others. */
final class Places {
  private final Map<String, List<Destination>> byHost;

  Places(Collection<Destination> destinations) {
    Map<String, List<Destination>> hosts = new HashMap<>();
    for (Destination destination : destinations) {
      hosts
          .computeIfAbsent(destination.target().host(), host -> new ArrayList<>())
          .add(destination);
    }
    this.byHost = Map.copyOf(hosts);
  }

  boolean hasHost(String host) {
    return byHost.containsKey(host);
  }

  boolean leadSomewhere(String host, int port) {
    return byHost.getOrDefault(host, List.of()).stream()
        .filter(Destination::isHttp)
        .map(Destination::target)
        .anyMatch(target -> target.port() == port || port == Target.Scheme.HTTP.defaultPort());
  }

  /** Where the task has a destination that permits a tunnel there. */
  Optional<Destination> tunnel(Task task, String host, int port) {
    for (Destination destination : byHost.getOrDefault(host, List.of())) {
      if (destination.tunnel()
          && destination.credential().isEmpty()
          && destination.target().port() == port
          && task.mayCall(destination.name())) {
        return Optional.of(destination);
      }
    }
    return Optional.empty();
  }

  /** The destinations of the task that the call may mean, in the order of its kind. */
  List<Destination> candidates(Task task, Call call) {
    List<Destination> sameHost = byHost.get(call.host());
    if (sameHost == null) {
      return List.of();
    }
    List<Destination> fitting = new ArrayList<>(1);
    int port = call.port();
    boolean severalPorts = false;
    for (Destination destination : sameHost) {
      if (!destination.isHttp()
          || !reaches(call.scheme(), destination.target())
          || !portFits(call, destination.target())
          || !task.mayCall(destination.name())) {
        continue;
      }
      severalPorts |=
          port == Call.ANY_PORT
              && !fitting.isEmpty()
              && fitting.getFirst().target().port() != destination.target().port();
      fitting.add(destination);
    }
    if (fitting.size() > 1) { // the kind's order decides among equals
      fitting.sort(
          Comparator.comparingInt(destination -> task.destinations().indexOf(destination.name())));
    }
    if (!severalPorts) {
      return fitting;
    }
    // Several ports fit a call that wrote none: only the scheme's own port is not a guess.
    return fitting.stream()
        .filter(destination -> destination.target().port() == call.scheme().defaultPort())
        .toList();
  }

  /** The same scheme, or plain rising to TLS; never the reverse. */
  private static boolean reaches(Target.Scheme asked, Target target) {
    return asked == target.scheme()
        || asked == Target.Scheme.HTTP && target.scheme() == Target.Scheme.HTTPS;
  }

  private static boolean portFits(Call call, Target target) {
    return call.port() == Call.ANY_PORT || call.port() == target.port();
  }
}
