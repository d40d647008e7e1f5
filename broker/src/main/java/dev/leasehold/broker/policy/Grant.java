package dev.leasehold.broker.policy;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.task.Task;
import java.util.Optional;

/**
 * One call of one task to one destination, allowed; a lease cannot be had without one. Made by
 * {@link Policy} only.
 */
public final class Grant implements Decision {
  private final Task task;
  private final Destination destination;
  private final Call call;
  private final String rule;
  private final String policyVersion;

  Grant(Task task, Destination destination, Call call, String rule, String policyVersion) {
    this.task = task;
    this.destination = destination;
    this.call = call;
    this.rule = rule;
    this.policyVersion = policyVersion;
  }

  public Task task() {
    return task;
  }

  public Destination destination() {
    return destination;
  }

  public Call call() {
    return call;
  }

  /** The credential that this call may use: the destination's, and no other. */
  public Optional<String> credential() {
    return destination.credential();
  }

  /** Whether the agent's plain leg rises to TLS towards the target. */
  public boolean risesToTls() {
    return call.scheme() != destination.target().scheme();
  }

  @Override
  public String rule() {
    return rule;
  }

  public String policyVersion() {
    return policyVersion;
  }

  @Override
  public String toString() {
    return "Grant[" + task.id() + " -> " + destination.name() + " by " + rule + "]";
  }
}
