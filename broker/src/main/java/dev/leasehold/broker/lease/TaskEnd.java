package dev.leasehold.broker.lease;

import dev.leasehold.broker.lease.JournalRecord.Done;
import dev.leasehold.broker.lease.JournalRecord.Ended;
import dev.leasehold.broker.secret.Revocability;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.TaskToken;
import dev.leasehold.broker.task.Endpoints;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskState;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of one task, from the fence to the proof, in the order of its steps.
 *
 * <pre>
 * FENCED     refuse what is new, let open calls drain or cut them, wipe the secrets
 * REVOKING   revoke every lease at once, each waiting for its engine; then the task's token
 * VERIFYING  ask the store, and the places of use, whether all is gone; revoke again what is not
 * DONE       report.   STUCK is VERIFYING that has taken five minutes; it goes on all the same.
 * </pre>
 *
 * <p>The fence itself falls in the thread that signals, before this runs on a virtual thread of its
 * own. Nothing here depends on how far an earlier run came, so that it may be run again.
 */
final class TaskEnd implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(TaskEnd.class);
  private static final Duration STUCK_AFTER = Duration.ofMinutes(5);

  /** How long the token waits for the leases: an engine that hangs must not keep it alive. */
  private static final Duration LEASES_FIRST = Duration.ofSeconds(5);

  private static final Duration DRAIN_LOOK = Duration.ofMillis(20);

  private final Surroundings around;
  private final Revocation revocation;
  private final TaskHoldings holdings;
  private final Task task;
  private final Task.End end;
  private final Endpoints endpoints;
  private final Function<VerifierConfig, TargetVerifier> verifiers;
  private final CompletableFuture<Void> children;
  private final CompletableFuture<Report> done;
  private boolean tokenStuck;

  /**
   * @param holdings of a task that is fenced
   * @param children completes when the ends of all tasks that this one delegated are done
   * @param done completed with the final report
   */
  TaskEnd(
      Leases leases,
      TaskHoldings holdings,
      Endpoints endpoints,
      Function<VerifierConfig, TargetVerifier> verifiers,
      CompletableFuture<Void> children,
      CompletableFuture<Report> done) {
    this.around = leases.around();
    this.revocation = leases.revocation();
    this.holdings = holdings;
    this.task = holdings.task();
    this.end = task.end().orElseThrow();
    this.endpoints = endpoints;
    this.verifiers = verifiers;
    this.children = children;
    this.done = done;
  }

  @Override
  public void run() {
    Backoff again = new Backoff();
    while (!done.isDone()) {
      try {
        InParallel closing = stopCalls();
        revoke();
        prove();
        closing.join();
        children.join();
        finish();
      } catch (InterruptedException asked) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException bug) {
        log.error("event=task-end-failed task={} action=\"again\"", task.id(), bug);
        pause(again.next());
      }
    }
  }

  // FENCED

  private InParallel stopCalls() throws InterruptedException {
    holdings.refuseWaiters();
    if (holdings.journalled()) {
      remember(new Ended(task.id(), end.signal()));
    }
    drain();
    task.cutOpenCalls();
    holdings.leases().forEach(revocation::begin);
    InParallel closing = new InParallel();
    closing.start(this::closeEndpoints); // they serve nobody any more: no need to wait for them
    return closing;
  }

  private void closeEndpoints() {
    try {
      endpoints.close(task);
    } catch (RuntimeException bug) {
      log.error("event=endpoints-not-closed task={}", task.id(), bug);
    }
  }

  /** Lets open calls finish: never past the deadline, and not when access is withdrawn. */
  private void drain() throws InterruptedException {
    if (end.signal() == Signal.REVOKED) {
      return;
    }
    long until = end.atNanos() + task.kind().drain().toNanos();
    until = until - task.deadlineNanos() < 0 ? until : task.deadlineNanos();
    while (task.openCalls() > 0 && until - around.now() > 0) {
      around.timers().pause(DRAIN_LOOK);
    }
  }

  // REVOKING

  private void revoke() {
    task.advance(TaskState.REVOKING);
    InParallel revocations = new InParallel();
    boolean any = false;
    for (HeldLease held : holdings.leases()) {
      revocation.begin(held); // one that came since the calls were stopped
      if (!held.isRevocable()) {
        revocation.leaveBehind(task, held);
      } else if (!held.isSettled() && !held.revoked) {
        revocations.start(() -> revocation.revoke(task, held));
        any = true;
      }
    }
    if (any) {
      revocations.join(around.timers(), around.now() + LEASES_FIRST.toNanos());
    }
    holdings.token().ifPresent(this::revokeToken);
  }

  private void revokeToken(TaskToken token) {
    if (holdings.tokenRevoked || holdings.tokenProven) {
      return;
    }
    try {
      around.store().revokeAccessor(token.accessor());
      holdings.tokenRevoked = true;
    } catch (SecretStoreException failure) {
      log.warn("event=token-not-revoked task={} cause=\"{}\"", task.id(), failure.getMessage());
    }
  }

  // VERIFYING

  private void prove() {
    task.advance(TaskState.VERIFYING);
    Backoff backoff = new Backoff();
    CompletableFuture<Void> news = holdings.news(); // asked for first: what comes meanwhile counts
    proveOnce();
    while (!isProven()) {
      markIfStuck();
      await(news, backoff.next());
      news = holdings.news();
      revoke();
      proveOnce();
    }
  }

  private void proveOnce() {
    InParallel proofs = new InParallel();
    for (HeldLease held : holdings.leases()) {
      if (!held.isSettled()) {
        proofs.start(() -> revocation.prove(task, held));
      }
      if (held.isDeadByTheStore() && !revocation.isTargetSettled(held)) {
        proofs.start(() -> revocation.proveAtTarget(task, held, verifiers));
      }
    }
    holdings.token().ifPresent(this::proveToken); // meanwhile, on this thread
    proofs.join();
  }

  private void proveToken(TaskToken token) {
    if (holdings.tokenProven) {
      return;
    }
    switch (around.store().lookupAccessor(token.accessor())) {
      case DEAD -> holdings.tokenProven = true;
      case ALIVE -> holdings.tokenRevoked = false; // not done, whatever the store said of it
      case UNKNOWN -> {}
    }
  }

  private boolean isProven() {
    // Behind the fence no read begins: once none is under way, what is held is all there will be.
    return !holdings.awaitsAnswer() && isRevocationProven() && areLostReadsOver();
  }

  private boolean areLostReadsOver() {
    long now = around.now();
    return holdings.lostReads().stream().allMatch(read -> read.overAtNanos() - now <= 0);
  }

  private boolean isRevocationProven() {
    return holdings.isTokenSettled()
        && holdings.leases().stream()
            .allMatch(held -> held.isSettled() && revocation.isTargetSettled(held));
  }

  /** A read without an answer is no reason: nobody can do more about it than to wait. */
  private void markIfStuck() {
    boolean late = around.now() - end.atNanos() >= STUCK_AFTER.toNanos();
    if (late && task.state() != TaskState.STUCK && !isRevocationProven()) {
      task.advance(TaskState.STUCK);
      holdings.leases().forEach(revocation::stuck);
      if (!holdings.isTokenSettled()) {
        tokenStuck = true;
        around.metrics().revocationsStuck(Revocability.HARD.word(), 1);
      }
      log.error("event=task-stuck task={} action=\"retried for ever\"", task.id());
      around.events().stuck(task, holdings.report(around.now()));
    }
  }

  /** Sleeps until an answer comes that was under way, but no longer than {@code most}. */
  private void await(CompletableFuture<Void> news, Duration most) {
    Timers.Timer timer =
        around.timers().at(around.now() + most.toNanos(), () -> news.complete(null));
    news.join();
    timer.cancel();
  }

  // DONE

  private void finish() {
    if (tokenStuck) {
      tokenStuck = false;
      around.metrics().revocationsStuck(Revocability.HARD.word(), -1);
    }
    holdings
        .lostReads()
        .forEach(
            read -> around.metrics().readsUnanswered(read.credential().revocability().word(), -1));
    task.advance(TaskState.DONE);
    Report report = holdings.report(around.now());
    if (holdings.journalled()) {
      remember(new Done(task.id()));
    }
    holdings.close(report);
    around.events().ended(task, report);
    done.complete(report);
  }

  /** Not waited for: without it, a new life would find the task's leases dead once more. */
  private void remember(JournalRecord record) {
    around.journal().note(record);
  }

  private void pause(Duration duration) {
    try {
      around.timers().pause(duration);
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
    }
  }
}
