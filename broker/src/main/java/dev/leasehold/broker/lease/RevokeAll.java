package dev.leasehold.broker.lease;

import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Tasks;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kill switch: ends everything, and keeps anything from being opened until it is released. The
 * lock is in the journal; making this object puts it in force again after a restart.
 */
public final class RevokeAll {
  private static final Logger log = LoggerFactory.getLogger(RevokeAll.class);

  private final Surroundings around;
  private final Tasks tasks;
  private final TaskEnds ends;

  public RevokeAll(Surroundings surroundings, Tasks tasks, TaskEnds ends) {
    this.around = surroundings;
    this.tasks = tasks;
    this.ends = ends;
    surroundings.journal().locked().ifPresent(tasks::lock);
    surroundings.metrics().locked(() -> tasks.locked().isPresent());
  }

  /**
   * Locks opening, fences every task before it returns, ends them, and revokes every generation of
   * tokens in the background. Blocks for the journal only.
   *
   * @throws JournalException when the lock would not outlive this process; it holds until then
   */
  public void engage(String reason) throws JournalException {
    tasks.lock(reason);
    ends.endAll(Signal.REVOKED, reason);
    around.events().locked(reason);
    Thread.ofVirtual().name("leasehold-revoke-all").start(this::replaceGenerations);
    around.journal().lock(reason);
  }

  private void replaceGenerations() {
    Backoff backoff = new Backoff();
    try {
      while (!replaced()) {
        around.timers().pause(backoff.next());
      }
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean replaced() {
    try {
      around.store().replaceGenerations();
      return true;
    } catch (SecretStoreException failure) {
      log.warn("event=generations-not-revoked cause=\"{}\"", failure.getMessage());
      return false;
    }
  }

  /**
   * @throws JournalException when it would come back with the next start; it then stays locked
   */
  public void release() throws JournalException {
    around.journal().unlock();
    tasks.unlock();
    around.events().unlocked();
  }

  /** The reason of the lock, if there is one. */
  public Optional<String> locked() {
    return tasks.locked();
  }
}
