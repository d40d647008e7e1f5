package dev.leasehold.broker.config;

import dev.leasehold.broker.policy.Action;
import dev.leasehold.broker.policy.Effect;
import dev.leasehold.broker.task.AgentProof;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One call that a policy is tried with.
 *
 * @param name what people call it
 * @param destination empty where nothing is called
 * @param at empty: now
 * @param signals those that are on; empty: the configuration's
 * @param calls before this one, as {@code denials} and {@code bytes}
 * @param approved places of rules to which a human has agreed
 * @param expect what is to come of it; empty: that is what is asked
 * @param rule by which rule; empty: by any
 */
public record PolicyCase(
    String name,
    String agent,
    AgentProof agentProof,
    String kind,
    String purpose,
    Map<String, String> labels,
    Optional<String> onBehalfOf,
    Action action,
    Optional<String> destination,
    String method,
    String path,
    Optional<String> intent,
    Optional<Instant> at,
    Optional<Set<String>> signals,
    int calls,
    int denials,
    long bytes,
    Set<String> approved,
    Optional<Effect> expect,
    Optional<String> rule) {
  public PolicyCase {
    labels = Map.copyOf(labels);
    signals = signals.map(Set::copyOf);
    approved = Set.copyOf(approved);
  }
}
