package dev.leasehold.broker.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a task comes from.
 *
 * @param parent the task that delegated it; empty when a caller opened it
 * @param origin where beyond this sidecar it, or the one above it, was delegated
 * @param deepest how many delegations may have led to it or to those below it
 * @param chain SPIFFE IDs from the first task's agent to its own
 * @param narrowing what the parent left it
 * @param neededProof how its agent has to be known before the first call
 */
record Lineage(
    Optional<Task> parent,
    Optional<Origin> origin,
    List<String> chain,
    int deepest,
    Narrowing narrowing,
    AgentProof neededProof) {
  Lineage {
    chain = List.copyOf(chain);
  }

  /** Of a task that a caller opened, who was known well enough for that. */
  static Lineage root(TaskRequest request) {
    return new Lineage(
        Optional.empty(),
        Optional.empty(),
        List.of(request.agent()),
        Integer.MAX_VALUE,
        Narrowing.NONE,
        request.agentProof());
  }

  /** Of one that was delegated beyond this sidecar. */
  static Lineage from(Bequest bequest, String agent, AgentProof neededProof) {
    List<String> chain = new ArrayList<>(bequest.chain());
    chain.add(agent);
    return new Lineage(
        Optional.empty(),
        Optional.of(bequest.origin()),
        chain,
        bequest.deepest(),
        bequest.narrowing(),
        neededProof);
  }

  static Lineage below(Task parent, String agent, Narrowing narrowing, AgentProof neededProof) {
    return new Lineage(
        Optional.of(parent),
        parent.origin(),
        Stream.concat(parent.chain().stream(), Stream.of(agent)).toList(),
        parent.deepest(),
        narrowing,
        neededProof);
  }
}
