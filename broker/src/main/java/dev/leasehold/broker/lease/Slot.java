package dev.leasehold.broker.lease;

import dev.leasehold.broker.lease.LeaseOutcome.Problem;
import dev.leasehold.broker.lease.LeaseOutcome.Refused;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The place of one credential in one task: its newest lease, and at most one fetch of another.
 * Nothing here blocks or locks; it is called for every request.
 */
final class Slot {
  /** What a fetch brought: one of the two. */
  record Fetched(@Nullable Lease lease, @Nullable Refused refusal) {
    static Fetched of(Lease lease) {
      return new Fetched(lease, null);
    }

    static Fetched none(Problem problem, String detail) {
      return new Fetched(null, new Refused(problem, detail, Optional.empty()));
    }
  }

  private final Restraint restraint = new Restraint();
  private final AtomicReference<@Nullable CompletableFuture<Fetched>> fetch =
      new AtomicReference<>();
  private volatile @Nullable Lease current;

  /** A use of the lease that is held; null when one must be fetched. */
  @Nullable LeaseUse tryUse(long nowNanos) {
    Lease lease = current;
    return lease != null && lease.isAliveAt(nowNanos) ? lease.tryUse() : null;
  }

  /**
   * Joins the fetch that is under way, or has one begun.
   *
   * @param begin starts a fetch that will call {@link #fetched}
   */
  CompletionStage<LeaseOutcome> join(long nowNanos, Runnable begin) {
    CompletableFuture<Fetched> mine = new CompletableFuture<>();
    CompletableFuture<Fetched> running = fetch.compareAndExchange(null, mine);
    if (running != null) {
      return running.thenApply(this::use);
    }
    CompletionStage<LeaseOutcome> outcome = mine.thenApply(this::use);
    Fetched known = known(nowNanos); // what a fetch left that ended since the caller looked
    if (known != null) {
      fetch.set(null);
      mine.complete(known);
    } else {
      begin.run();
    }
    return outcome;
  }

  private @Nullable Fetched known(long nowNanos) {
    Lease lease = current;
    if (lease != null && lease.isAliveAt(nowNanos) && !lease.isEnded()) {
      return Fetched.of(lease);
    }
    Refused early = restraint.refusal(nowNanos);
    return early == null ? null : new Fetched(null, early);
  }

  private LeaseOutcome use(Fetched fetched) {
    if (fetched.refusal() != null) {
      return fetched.refusal();
    }
    Lease lease = fetched.lease();
    LeaseUse use = lease == null ? null : lease.tryUse();
    return use == null ? taskEnded() : new LeaseOutcome.Leased(use);
  }

  private static Refused taskEnded() {
    return new Refused(Problem.TASK_ENDED, "the task has ended", Optional.empty());
  }

  /** The end of the fetch; those who joined are told. Returns what they were told. */
  Fetched fetched(Fetched fetched, long nowNanos) {
    Fetched told = fetched;
    if (fetched.lease() != null) {
      current = fetched.lease();
      restraint.succeeded(nowNanos);
    } else if (fetched.refusal() != null) {
      told = new Fetched(null, restraint.failed(fetched.refusal(), nowNanos));
    }
    CompletableFuture<Fetched> running = fetch.getAndSet(null);
    if (running != null) {
      running.complete(told);
    }
    return told;
  }

  /** Calls find this lease no more. */
  void drop(Lease lease) {
    if (current == lease) {
      current = null;
    }
  }

  void refuseWaiters() {
    CompletableFuture<Fetched> running = fetch.get();
    if (running != null) {
      running.complete(new Fetched(null, taskEnded()));
    }
  }
}
