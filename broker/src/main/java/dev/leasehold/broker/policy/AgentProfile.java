package dev.leasehold.broker.policy;

import dev.leasehold.broker.task.Autonomy;
import java.util.Optional;

/**
 * What the configuration says of an agent.
 *
 * @param owner who answers for it; empty: not said
 */
public record AgentProfile(String owner, Optional<Autonomy> autonomy) {
  /** Of whom nothing is said. */
  public static final AgentProfile UNKNOWN = new AgentProfile("", Optional.empty());
}
