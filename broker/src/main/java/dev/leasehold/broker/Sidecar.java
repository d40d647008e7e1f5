package dev.leasehold.broker;

import dev.leasehold.broker.config.Configuration;
import dev.leasehold.broker.config.LoadResult;
import java.time.Duration;
import java.util.Optional;

/** A sidecar that listens, as the command line sees it. */
interface Sidecar extends AutoCloseable {
  /** Starts one; everything listens when this returns. */
  @FunctionalInterface
  interface Starter {
    Sidecar start(Configuration configuration) throws StartException;
  }

  /** Where it is reached, for the line that says so: {@code name=address}, with real ports. */
  String addresses();

  /**
   * Waits for the services that it needs.
   *
   * @return what is missing when {@code patience} is over; empty when all have been there
   */
  Optional<String> awaitServices(Duration patience) throws InterruptedException;

  /** Takes what came of reading the configuration again, as a whole or not at all. */
  void take(LoadResult result);

  /** Ends every task and stops; blocks for about half a minute at most. */
  @Override
  void close();
}
