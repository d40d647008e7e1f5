package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.inject.Injection;
import dev.leasehold.broker.redact.TaskRedaction;
import dev.leasehold.broker.telemetry.RequestMeters;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What all calls of one task to one destination share: looked up once, and the count of those in
 * flight. Safe for several threads.
 */
final class Lane {
  private final Destination destination;
  private final Optional<Injection> injection;
  private final TaskRedaction redaction;
  private final RequestMeters meters;
  private final String authority;
  private final Set<String> dropToEndpoint;
  private final AtomicInteger inFlight = new AtomicInteger();

  Lane(
      Destination destination,
      Optional<Injection> injection,
      TaskRedaction redaction,
      RequestMeters meters) {
    this.destination = destination;
    this.injection = injection;
    this.redaction = redaction;
    this.meters = meters;
    this.authority = destination.target().authority();
    Set<String> dropped = new HashSet<>(destination.dropHeaders());
    dropped.add("authorization");
    this.dropToEndpoint = Set.copyOf(dropped);
  }

  Destination destination() {
    return destination;
  }

  /** How the destination's credential goes into a call; empty for a destination without one. */
  Optional<Injection> injection() {
    return injection;
  }

  /** What answers are searched for, here as in all other lanes of the task. */
  TaskRedaction redaction() {
    return redaction;
  }

  RequestMeters meters() {
    return meters;
  }

  /** The target's, as Host has it. */
  String authority() {
    return authority;
  }

  /**
   * Fields of the agent that do not pass.
   *
   * @param namedByAuthorization whether Authorization may hold the task's own token
   */
  Set<String> dropHeaders(boolean namedByAuthorization) {
    return namedByAuthorization ? dropToEndpoint : destination.dropHeaders();
  }

  /** False when as many are in flight as may be. */
  boolean tryEnter() {
    if (inFlight.incrementAndGet() > destination.limits().inFlight()) {
      inFlight.decrementAndGet();
      return false;
    }
    return true;
  }

  void leave() {
    inFlight.decrementAndGet();
  }
}
