package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.inject.Injection;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.Metrics;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The lanes of every task that makes calls. Safe for several threads. */
final class Lanes {
  private final Metrics metrics;
  private final Map<Task, Map<String, Lane>> lanes = new ConcurrentHashMap<>();

  Lanes(Metrics metrics) {
    this.metrics = metrics;
  }

  /** A reload makes new destinations, and with them new lanes. */
  @SuppressWarnings("ReferenceEquality") // which configuration it comes from is what is asked
  Lane of(Task task, Destination destination, RuleSet rules) {
    Map<String, Lane> ofTask = lanes.get(task);
    if (ofTask == null) {
      ofTask = lanes.computeIfAbsent(task, key -> new ConcurrentHashMap<>());
    }
    Lane lane = ofTask.get(destination.name());
    if (lane != null && lane.destination() == destination) {
      return lane;
    }
    return ofTask.compute(
        destination.name(),
        (name, there) ->
            there != null && there.destination() == destination ? there : make(destination, rules));
  }

  private Lane make(Destination destination, RuleSet rules) {
    Optional<Injection> injection =
        destination.credential().map(name -> rules.injections().get(name));
    return new Lane(destination, injection, metrics.forDestination(destination.name()));
  }

  void forget(Task task) {
    lanes.remove(task);
  }
}
