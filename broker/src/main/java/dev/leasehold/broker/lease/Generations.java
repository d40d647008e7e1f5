package dev.leasehold.broker.lease;

import dev.leasehold.broker.lease.JournalRecord.Generation;
import dev.leasehold.broker.lease.JournalRecord.GenerationClosed;
import dev.leasehold.broker.secret.GenerationEvents;
import java.io.UncheckedIOException;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remembers the store's login generations, and ends the tasks of one that is lost. */
public final class Generations implements GenerationEvents {
  private static final Logger log = LoggerFactory.getLogger(Generations.class);

  private final Surroundings around;
  private final TaskEnds ends;

  public Generations(Surroundings surroundings, TaskEnds ends) {
    this.around = surroundings;
    this.ends = ends;
  }

  /**
   * @throws UncheckedIOException when it cannot be remembered; the login must then not be used
   */
  @Override
  public void opened(String generation, String loginAccessor, Instant expires) {
    try {
      around.journal().write(new Generation(generation, loginAccessor, expires));
    } catch (JournalException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public void lost(String generation, String reason) {
    log.warn("event=generation-lost generation={} cause=\"{}\"", generation, reason);
    ends.endGeneration(generation, reason);
  }

  @Override
  public void closed(String generation) {
    around.journal().note(new GenerationClosed(generation)); // or a new life finds it revoked again
  }
}
