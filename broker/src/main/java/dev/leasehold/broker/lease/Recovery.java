package dev.leasehold.broker.lease;

import dev.leasehold.broker.lease.JournalRecord.Done;
import dev.leasehold.broker.lease.JournalRecord.Generation;
import dev.leasehold.broker.lease.JournalRecord.GenerationClosed;
import dev.leasehold.broker.secret.SecretStoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends, with proof, what an earlier life of this process left behind: revokes its logins, with all
 * below them, then sees to it lease by lease that all are dead. It only ever repeats what is
 * harmless to repeat, and the journal forgets nothing before it is dealt with, so that a crash in
 * the middle costs nothing but time.
 */
public final class Recovery {
  private static final Logger log = LoggerFactory.getLogger(Recovery.class);

  private final Surroundings around;
  private final List<Generation> generations;
  private final List<AbandonedTask> tasks = new ArrayList<>();
  private final CompletableFuture<Void> revoked = new CompletableFuture<>();

  public Recovery(Surroundings surroundings) {
    this.around = surroundings;
    JournalState previous = surroundings.journal().previous();
    this.generations = new ArrayList<>(previous.generations());
    for (JournalState.OpenTask task : previous.tasks()) {
      tasks.add(new AbandonedTask(surroundings, task));
    }
  }

  /**
   * Works on what the journal holds from before, for ever and in the background; blocks until all
   * that can be revoked is proven dead, or {@code patience} is over. Call once.
   *
   * @return whether all is proven, but for reads without an answer: those only time can settle
   */
  public boolean run(Duration patience) throws InterruptedException {
    if (generations.isEmpty() && tasks.isEmpty()) {
      return true;
    }
    log.info("event=recovery generations={} tasks={}", generations.size(), tasks.size());
    Thread.ofVirtual().name("leasehold-recovery").start(this::work);
    CompletableFuture<Boolean> answer = revoked.thenApply(all -> true);
    Timers.Timer timer =
        around.timers().at(around.now() + patience.toNanos(), () -> answer.complete(false));
    boolean done = answer.join();
    timer.cancel();
    return done;
  }

  private void work() {
    Backoff backoff = new Backoff();
    try {
      while (!attempt()) {
        around.timers().pause(backoff.next());
      }
      log.info("event=recovered");
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
    }
  }

  /** One round; true when nothing is left to do. */
  private boolean attempt() {
    try {
      generations.removeIf(this::revokeGeneration);
      InParallel ends = new InParallel();
      tasks.forEach(task -> ends.start(task::attempt));
      ends.join();
      if (generations.isEmpty() && tasks.stream().allMatch(AbandonedTask::isRevocationOver)) {
        revoked.complete(null);
      }
      tasks.removeIf(this::isOver);
      return generations.isEmpty() && tasks.isEmpty();
    } catch (RuntimeException bug) {
      log.error("event=recovery-failed action=\"again\"", bug);
      return false;
    }
  }

  /** One call ends all of an earlier life, what it did not come to write down included. */
  private boolean revokeGeneration(Generation generation) {
    try {
      around.store().revokeAccessor(generation.loginAccessor());
    } catch (SecretStoreException failure) {
      log.warn(
          "event=generation-not-revoked generation={} cause=\"{}\"",
          generation.id(),
          failure.getMessage());
      if (around.wall().instant().isBefore(generation.expires())) {
        return false;
      }
    }
    remember(new GenerationClosed(generation.id()));
    return true;
  }

  private boolean isOver(AbandonedTask task) {
    if (!task.isOver()) {
      return false;
    }
    remember(new Done(task.id()));
    around.events().recovered(task.outcome());
    return true;
  }

  private void remember(JournalRecord record) {
    around.journal().note(record);
  }
}
