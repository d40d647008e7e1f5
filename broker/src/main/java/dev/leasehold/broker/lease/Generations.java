package dev.leasehold.broker.lease;

import dev.leasehold.broker.secret.GenerationEvents;
import java.time.Instant;

/** Remembers the store's login generations, and ends the tasks of one that is lost. */
public final class Generations implements GenerationEvents {

  public Generations(Surroundings surroundings, TaskEnds ends) {}

  @Override
  public void opened(String generation, String loginAccessor, Instant expires) {}

  @Override
  public void lost(String generation, String reason) {}

  @Override
  public void closed(String generation) {}
}
