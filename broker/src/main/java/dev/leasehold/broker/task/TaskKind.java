package dev.leasehold.broker.task;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A named sort of task: the most that one task of it may ever do.
 *
 * @param agents SPIFFE IDs whose tasks these may be
 * @param purposes the only purposes allowed; empty: any text that is valid
 * @param ttl longest life of one task, and its default
 * @param idle end after this long without a call; empty: never
 * @param drain how long open calls may finish once fenced; zero: cut
 * @param maxOpen how many may be open at once
 * @param vaultRole the token role that bounds it in the store
 * @param destinations names, in the order in which they are matched
 * @param autonomy how much its tasks may do without a human; empty: nothing is said
 * @param delegation how its tasks may hand on what they may; empty: not at all
 * @param agentProof the weakest way in which the agent of its tasks may be known; empty: any for
 *     those that callers open, and an SVID for those that are delegated
 * @param onSharedToken what becomes of a task whose token two users have
 */
public record TaskKind(
    String name,
    Set<String> agents,
    Set<String> purposes,
    Duration ttl,
    Optional<Duration> idle,
    Duration drain,
    int maxOpen,
    String vaultRole,
    List<String> destinations,
    Optional<Autonomy> autonomy,
    Optional<Delegation> delegation,
    Optional<AgentProof> agentProof,
    OnSharedToken onSharedToken) {
  public static final int DEFAULT_MAX_OPEN = 100;

  public TaskKind {
    agents = Set.copyOf(agents);
    purposes = Set.copyOf(purposes);
    destinations = List.copyOf(destinations);
    if (ttl.isNegative() || ttl.isZero()) {
      throw new IllegalArgumentException("ttl must be positive");
    }
    if (maxOpen < 1) {
      throw new IllegalArgumentException("max-open must be at least 1");
    }
  }

  /** Whether grants of that sidecar open tasks of this kind. */
  boolean accepts(String sidecar) {
    return delegation.filter(known -> known.from().contains(sidecar)).isPresent();
  }

  /** The weakest proof of a child's agent that is enough. */
  public AgentProof weakestProofOfChild() {
    return agentProof.orElse(AgentProof.SVID);
  }

  /** A kind of which no autonomy is said, and whose tasks may not delegate. */
  public TaskKind(
      String name,
      Set<String> agents,
      Set<String> purposes,
      Duration ttl,
      Optional<Duration> idle,
      Duration drain,
      int maxOpen,
      String vaultRole,
      List<String> destinations) {
    this(
        name,
        agents,
        purposes,
        ttl,
        idle,
        drain,
        maxOpen,
        vaultRole,
        destinations,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        OnSharedToken.RECORD);
  }
}
