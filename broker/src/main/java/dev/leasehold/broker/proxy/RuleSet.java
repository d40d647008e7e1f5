package dev.leasehold.broker.proxy;

import dev.leasehold.broker.inject.Injection;
import dev.leasehold.broker.policy.Policy;
import java.util.Map;

/**
 * What one configuration says about calls; swapped as a whole, so that no call is judged by half of
 * an old and half of a new one.
 *
 * @param injections by the name of the credential
 */
public record RuleSet(Policy policy, Map<String, Injection> injections) {
  public RuleSet {
    injections = Map.copyOf(injections);
  }
}
