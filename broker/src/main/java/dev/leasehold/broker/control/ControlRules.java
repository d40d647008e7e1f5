package dev.leasehold.broker.control;

import dev.leasehold.broker.lease.Credential;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.task.TaskKind;
import java.util.Map;

/** What one configuration says about tasks, swapped as a whole. */
public record ControlRules(
    Policy policy, Map<String, TaskKind> kinds, Map<String, Credential> credentials) {
  public ControlRules {
    kinds = Map.copyOf(kinds);
    credentials = Map.copyOf(credentials);
  }
}
