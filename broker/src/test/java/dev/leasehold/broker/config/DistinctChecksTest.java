package dev.leasehold.broker.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What agents and kinds have in common is pointed out, and nothing else is. */
class DistinctChecksTest {
  private static final String CALLER =
      "    - {uid: 1001, agent: spiffe://example.org/agent/buyer, may: [open], kinds: [restock]}\n";
  private static final String AGENTS = "    agents: [\"spiffe://example.org/agent/buyer\"]\n";

  @Test
  void agentsOfTheirOwnAreNotWarnedOf() {
    assertEquals(List.of(), about(Sample.text()));
  }

  @Test
  void twoCallersThatAreOneAgentAreWarnedOf() {
    List<String> warnings =
        about(Sample.with(CALLER, CALLER + CALLER.replace("uid: 1001", "uid: 1002")));

    assertEquals(1, warnings.size(), warnings.toString());
    assertTrue(
        warnings.getFirst().contains("control.callers[1].agent")
            && warnings.getFirst().contains("is the identity of control.callers[0].agent too"),
        warnings.toString());
  }

  @Test
  void agentsThatShareAKindsVaultRoleAreWarnedOf() {
    List<String> warnings =
        about(Sample.with(AGENTS, AGENTS.replace("]", ", \"spiffe://example.org/agent/other\"]")));

    assertEquals(1, warnings.size(), warnings.toString());
    assertTrue(
        warnings.getFirst().contains("tasks.restock.agents")
            && warnings.getFirst().contains("2 agents share this kind's Vault role"),
        warnings.toString());
  }

  @Test
  void kindsThatLeadToOneCredentialAreWarnedOfOncePerCredential() {
    String second =
        """
          second:
            agents: ["spiffe://example.org/agent/buyer"]
            ttl: 5m
            vault: {role: leasehold-buyer-second}
            destinations: [broker-api]
        destinations:
        """;
    List<String> warnings =
        about(
            Sample.replace(
                Sample.with("\ndestinations:\n", "\n" + second),
                "kinds: [restock]",
                "kinds: [restock, second]"));

    assertEquals(1, warnings.size(), warnings.toString());
    assertTrue(
        warnings.getFirst().contains("tasks.second.destinations[0]")
            && warnings
                .getFirst()
                .contains("leads to credentials.rabbit, which tasks.restock uses too"),
        warnings.toString());
  }

  private static List<String> about(String yaml) {
    assertEquals(List.of(), Sample.errors(yaml));
    return Sample.warnings(yaml).stream()
        .filter(
            line ->
                line.contains("identity of")
                    || line.contains("agents share")
                    || line.contains("leads to"))
        .toList();
  }
}
