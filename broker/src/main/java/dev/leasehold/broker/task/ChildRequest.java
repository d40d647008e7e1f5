package dev.leasehold.broker.task;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the holder of a task asks for another agent, already checked in form; it can only narrow the
 * task.
 *
 * @param agent SPIFFE ID of the agent that is to act
 * @param neededProof how that agent has to show who it is; empty: by its SVID
 * @param ttl no longer than what is left of the parent; empty: all of that
 * @param destinations a subset of the parent's; empty: all of them
 * @param labels besides the parent's
 * @param onBehalfOf the same as the parent's, where that has one
 * @param narrowing what else is taken away
 */
public record ChildRequest(
    String agent,
    Optional<AgentProof> neededProof,
    String purpose,
    Optional<Duration> ttl,
    Optional<List<String>> destinations,
    Map<String, String> labels,
    Optional<String> onBehalfOf,
    Narrowing narrowing) {
  public ChildRequest {
    destinations = destinations.map(List::copyOf);
    labels = Map.copyOf(labels);
  }

  /** The same with so many calls. */
  public ChildRequest calling(long calls) {
    return new ChildRequest(
        agent,
        neededProof,
        purpose,
        ttl,
        destinations,
        labels,
        onBehalfOf,
        new Narrowing(
            narrowing.methods(),
            narrowing.paths(),
            narrowing.credentials(),
            narrowing.classification(),
            narrowing.places(),
            Optional.of(calls)));
  }

  /** The same with a life. */
  public ChildRequest lasting(Duration life) {
    return new ChildRequest(
        agent,
        neededProof,
        purpose,
        Optional.of(life),
        destinations,
        labels,
        onBehalfOf,
        narrowing);
  }
}
