package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.inject.Injection;
import dev.leasehold.broker.lease.Leases;
import dev.leasehold.broker.redact.TaskRedaction;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.Metrics;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The lanes of every task that makes calls. Safe for several threads. */
final class Lanes {
  /** One task's: by destination, and what all of them search their answers for. */
  private record OfTask(Map<String, Lane> lanes, TaskRedaction redaction) {}

  private final Metrics metrics;
  private final Leases leases;
  private final Supplier<RuleSet> rules;
  private final Map<Task, OfTask> tasks = new ConcurrentHashMap<>();

  Lanes(Metrics metrics, Leases leases, Supplier<RuleSet> rules) {
    this.metrics = metrics;
    this.leases = leases;
    this.rules = rules;
  }

  /** A reload makes new destinations, and with them new lanes. */
  @SuppressWarnings("ReferenceEquality") // which configuration it comes from is what is asked
  Lane of(Task task, Destination destination, RuleSet rules) {
    OfTask ofTask = tasks.get(task);
    if (ofTask == null) {
      ofTask = tasks.computeIfAbsent(task, this::begin);
    }
    Lane lane = ofTask.lanes().get(destination.name());
    if (lane != null && lane.destination() == destination) {
      return lane;
    }
    TaskRedaction redaction = ofTask.redaction();
    return ofTask
        .lanes()
        .compute(
            destination.name(),
            (name, there) -> {
              if (there != null && there.destination() == destination) {
                return there;
              }
              if (there != null) {
                redaction.changed(); // by the new rules, secrets may go out in other words
              }
              return make(destination, redaction, rules);
            });
  }

  private OfTask begin(Task task) {
    TaskRedaction redaction =
        new TaskRedaction(
            leases.live(task), name -> Optional.ofNullable(rules.get().injections().get(name)));
    return new OfTask(new ConcurrentHashMap<>(), redaction);
  }

  private Lane make(Destination destination, TaskRedaction redaction, RuleSet rules) {
    Optional<Injection> injection =
        destination.credential().map(name -> rules.injections().get(name));
    return new Lane(destination, injection, redaction, metrics.forDestination(destination.name()));
  }

  /** A text of the agent's without the secrets that calls of the task use. */
  String mask(Task task, String text) {
    OfTask ofTask = tasks.get(task);
    return ofTask == null ? text : ofTask.redaction().mask(text);
  }

  void forget(Task task) {
    tasks.remove(task);
  }
}
