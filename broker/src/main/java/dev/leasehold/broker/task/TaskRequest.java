package dev.leasehold.broker.task;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a caller asked for, already checked in form; it can only narrow the kind.
 *
 * @param agent from the caller's entry, never from the body
 * @param owner the caller that may see and end the task, e.g. {@code uid:1001}
 * @param uid the peer's uid where it is known: what per-task ports check
 * @param ttl shorter than the kind's; empty: the kind's
 * @param destinations a subset of the kind's; empty: all of them
 */
public record TaskRequest(
    String purpose,
    String agent,
    AgentProof agentProof,
    String owner,
    Optional<Integer> uid,
    Optional<Duration> ttl,
    Optional<List<String>> destinations,
    Map<String, String> labels,
    Optional<String> onBehalfOf) {
  public TaskRequest {
    destinations = destinations.map(List::copyOf);
    labels = Map.copyOf(labels);
  }

  /** The same with that life. */
  public TaskRequest lasting(Optional<Duration> life) {
    return new TaskRequest(
        purpose, agent, agentProof, owner, uid, life, destinations, labels, onBehalfOf);
  }
}
