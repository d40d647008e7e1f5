package dev.leasehold.broker.lease;

import java.time.Duration;

/** Ends, with proof, what an earlier life of this process left behind. */
public final class Recovery {

  public Recovery(Surroundings surroundings) {}

  /**
   * Works on what the journal holds from before; blocks until that is done or {@code patience} is
   * over, and then goes on in the background.
   *
   * @return whether it is done
   */
  public boolean run(Duration patience) throws InterruptedException {
    return true;
  }
}
