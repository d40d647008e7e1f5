package dev.leasehold.broker.lease;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What must be remembered over a crash: accessors and lease ids, never a token or a secret, and the
 * lock of revoke-all.
 */
public final class Journal implements AutoCloseable {
  private final Path folder;

  private Journal(Path folder) {
    this.folder = folder;
  }

  /**
   * Opens the journal in {@code stateDir}, for this process alone.
   *
   * @throws JournalException when another sidecar holds it, or it cannot be written
   */
  public static Journal open(Path stateDir) throws JournalException {
    return new Journal(stateDir);
  }

  /** Why nothing can be opened; empty when there is no lock. */
  public Optional<String> locked() {
    return Optional.empty();
  }

  /** Why nothing can be written any more; empty when all is well. */
  public Optional<String> broken() {
    return Optional.empty();
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return "Journal[" + folder + "]";
  }
}
