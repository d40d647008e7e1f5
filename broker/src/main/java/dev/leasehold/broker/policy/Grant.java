package dev.leasehold.broker.policy;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.task.Task;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call of one task to one destination, allowed; a lease cannot be had without one. Made by
 * {@link Policy} only.
 */
public final class Grant implements Decision {
  private final Task task;
  private final Destination destination;
  private final Call call;
  private final @Nullable CredentialUse use;
  private final String rule;
  private final String policyVersion;
  private final @Nullable Facts facts;
  private final List<String> observed;
  private final String approval;
  private final List<String> engineDecisions;
  private final Obligations obligations;

  /**
   * @param use what is known of the credential; null where none is used
   * @param facts what the rules of the policy were asked about; null where there are none
   */
  Grant(
      Task task,
      Destination destination,
      Call call,
      @Nullable CredentialUse use,
      String rule,
      String policyVersion,
      @Nullable Facts facts,
      List<String> observed,
      String approval,
      List<String> engineDecisions,
      Obligations obligations) {
    this.task = task;
    this.destination = destination;
    this.call = call;
    this.use = use;
    this.rule = rule;
    this.policyVersion = policyVersion;
    this.facts = facts;
    this.observed = observed;
    this.approval = approval;
    this.engineDecisions = engineDecisions;
    this.obligations = obligations;
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

  /** What is known of {@link #credential}; null where there is none. */
  @Nullable CredentialUse use() {
    return use;
  }

  /** What was asked about; null where the policy has no rules. */
  @Nullable Facts facts() {
    return facts;
  }

  /** The approval by which it passes; empty where no human was asked. */
  public String approval() {
    return approval;
  }

  @Override
  public List<String> observed() {
    return observed;
  }

  @Override
  public List<String> engineDecisions() {
    return engineDecisions;
  }

  /** What has to be done for the grant to hold. */
  public Obligations obligations() {
    return obligations;
  }

  @Override
  public String toString() {
    return "Grant[" + task.id() + " -> " + destination.name() + " by " + rule + "]";
  }
}
