package dev.leasehold.broker.task;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a task beyond this sidecar leaves to one here, already checked and told in this sidecar's
 * own names.
 *
 * @param chain SPIFFE IDs from the first task's agent to the one that delegates
 * @param deepest how many delegations may have led to a task here or below it
 * @param destinations names of those that it covers
 * @param left how long it holds
 */
public record Bequest(
    Origin origin,
    List<String> chain,
    int deepest,
    Set<String> destinations,
    Narrowing narrowing,
    Map<String, String> labels,
    Optional<String> onBehalfOf,
    Duration left) {
  public Bequest {
    chain = List.copyOf(chain);
    destinations = Set.copyOf(destinations);
    labels = Map.copyOf(labels);
  }
}
