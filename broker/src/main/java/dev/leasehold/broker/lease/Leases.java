package dev.leasehold.broker.lease;

import dev.leasehold.broker.lease.LeaseOutcome.Problem;
import dev.leasehold.broker.lease.LeaseOutcome.Refused;
import dev.leasehold.broker.policy.Grant;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskId;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives leases for grants. A secret is fetched when a call first needs it, once for all calls of
 * its task that do; every later call finds it here without a lock.
 */
public final class Leases {
  private final Surroundings around;
  private final Supplier<Policy> policy;
  private final Supplier<Map<String, Credential>> credentials;
  private final Map<TaskId, TaskHoldings> holdings = new ConcurrentHashMap<>();
  private final Set<String> lostGenerations = ConcurrentHashMap.newKeySet();
  private final LeaseLives lives = new LeaseLives();
  private final LeaseDigest digest = new LeaseDigest();
  private final Revocation revocation;

  /**
   * @param policy the rules in force: they say which credentials a task may ever need
   * @param credentials by name, of the same configuration
   */
  public Leases(
      Surroundings surroundings,
      Supplier<Policy> policy,
      Supplier<Map<String, Credential>> credentials) {
    this.around = surroundings;
    this.policy = policy;
    this.credentials = credentials;
    this.revocation = new Revocation(surroundings);
  }

  /**
   * A lease of the credential that {@code grant} names, which must name one. Never blocks. A lease
   * that is held already comes in a completed stage; else it is fetched, and the stage completes on
   * a virtual thread.
   */
  public CompletionStage<LeaseOutcome> lease(Grant grant) {
    Task task = grant.task();
    TaskHoldings held = holdings.get(task.id());
    if (held == null || !task.isActive()) {
      return refused(Problem.TASK_ENDED, "the task has ended");
    }
    String name = grant.credential().orElseThrow();
    Slot slot = held.slot(name);
    long now = around.now();
    LeaseUse use = slot.tryUse(now);
    if (use != null) {
      return CompletableFuture.completedFuture(new LeaseOutcome.Leased(use));
    }
    Credential credential = credentials.get().get(name);
    if (credential == null) {
      return refused(Problem.CREDENTIAL_INVALID, "the credential is not configured any more");
    }
    return slot.join(now, () -> fetch(held, credential));
  }

  private void fetch(TaskHoldings held, Credential credential) {
    Fetch fetch = new Fetch(this, held, credential, credentialsOf(held.task()));
    Thread.ofVirtual().name("leasehold-fetch").start(fetch);
  }

  /** What the task may ever need, narrowed as it is: its token can read no more than that. */
  private Set<String> credentialsOf(Task task) {
    Policy rules = policy.get();
    Set<String> names = new HashSet<>();
    for (String destination : task.destinations()) {
      rules
          .destination(destination)
          .flatMap(known -> known.credential())
          .filter(name -> rules.mayUse(task, name))
          .ifPresent(names::add);
    }
    return names;
  }

  private static CompletionStage<LeaseOutcome> refused(Problem problem, String detail) {
    return CompletableFuture.completedFuture(new Refused(problem, detail, Optional.empty()));
  }

  /** What the task's calls may be given now; nothing, for ever, when the task has ended. */
  public LiveLeases live(Task task) {
    TaskHoldings held = holdings.get(task.id());
    return held == null ? new LiveLeases() : held.live();
  }

  /** Every lease of a task that still answers. */
  public List<LeaseView> views(Task task) {
    TaskHoldings held = holdings.get(task.id());
    return held == null ? List.of() : held.views();
  }

  /** From here on the task can have leases. */
  TaskHoldings hold(Task task, Consumer<String> revokeTask) {
    return holdings.computeIfAbsent(task.id(), id -> new TaskHoldings(task, revokeTask));
  }

  @Nullable TaskHoldings holdings(TaskId id) {
    return holdings.get(id);
  }

  Collection<TaskHoldings> holdings() {
    return holdings.values();
  }

  void forget(TaskId id) {
    holdings.remove(id);
  }

  Surroundings around() {
    return around;
  }

  /** Names of login generations whose tokens are of no use any more. */
  Set<String> lostGenerations() {
    return lostGenerations;
  }

  LeaseLives lives() {
    return lives;
  }

  LeaseDigest digest() {
    return digest;
  }

  Revocation revocation() {
    return revocation;
  }
}
