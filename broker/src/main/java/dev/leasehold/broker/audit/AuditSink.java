package dev.leasehold.broker.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Where lines go. All but {@link #sync} is called on the writer thread; {@code sync} may run at the
 * same time on another.
 */
interface AuditSink extends AutoCloseable {
  /** A fixed word for the metrics. */
  String name();

  /** What was found when it was opened: where the chain goes on, and how. */
  record Found(Head head, String how) {}

  /**
   * Hands all bytes to the operating system.
   *
   * @throws IOException when not all of them are there; as far as possible none are, then
   */
  void write(ByteBuffer lines) throws IOException;

  /** Forces what was written to disk, where the sink can. */
  void sync() throws IOException;

  /**
   * Opens it anew, after a failure or because somebody asked. Empty where it cannot be read: the
   * chain goes on from what the writer remembers.
   */
  Optional<Found> reopen() throws IOException;

  /** Whether somebody has moved, replaced or shortened it meanwhile. Cheap. */
  boolean wasReplaced() throws IOException;

  @Override
  void close() throws IOException;
}
