package dev.leasehold.broker.task;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a task comes from.
 *
 * @param parent the task that delegated it; empty when a caller opened it
 * @param chain SPIFFE IDs from the first task's agent to its own
 * @param narrowing what the parent left it
 * @param neededProof how its agent has to be known before the first call
 */
record Lineage(
    Optional<Task> parent, List<String> chain, Narrowing narrowing, AgentProof neededProof) {
  Lineage {
    chain = List.copyOf(chain);
  }

  /** Of a task that a caller opened, who was known well enough for that. */
  static Lineage root(TaskRequest request) {
    return new Lineage(
        Optional.empty(), List.of(request.agent()), Narrowing.NONE, request.agentProof());
  }

  static Lineage below(Task parent, String agent, Narrowing narrowing, AgentProof neededProof) {
    return new Lineage(
        Optional.of(parent),
        Stream.concat(parent.chain().stream(), Stream.of(agent)).toList(),
        narrowing,
        neededProof);
  }
}
