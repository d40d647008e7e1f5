package dev.leasehold.broker.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.Delegation;
import dev.leasehold.broker.task.TaskKind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Delegation as it is configured. */
class DelegationChecksTest {
  private static final String AGENTS = "    agents: [\"spiffe://example.org/agent/buyer\"]\n";
  private static final String DELEGATION =
      "    delegation: {to: [\"spiffe://example.org/agent/*\"], depth: 2}\n";

  @Test
  void kindHasItsDelegationAndTheDefaults() {
    TaskKind restock =
        Sample.named(
            Sample.loaded(Sample.with(AGENTS, AGENTS + DELEGATION + "    agent-proof: uid\n"))
                .kinds(),
            "restock");
    assertEquals(
        Optional.of(
            new Delegation(
                List.of("spiffe://example.org/agent/*"),
                List.of(),
                2,
                Delegation.DEFAULT_CHILDREN)),
        restock.delegation());
    assertEquals(Optional.of(AgentProof.UID), restock.agentProof());
  }

  @Test
  void delegationThatAutonomyNeverPermitsIsWarnedOf() {
    List<String> warnings =
        Sample.warnings(Sample.with(AGENTS, AGENTS + DELEGATION + "    autonomy: bounded\n"));
    assertTrue(
        warnings.stream()
            .anyMatch(
                warning ->
                    warning.contains("tasks.restock.delegation")
                        && warning.contains("autonomy: bounded permits 1")),
        warnings.toString());
  }
}
