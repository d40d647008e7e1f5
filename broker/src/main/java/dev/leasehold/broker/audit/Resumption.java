package dev.leasehold.broker.audit;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;

/** Opens the sink, and goes on with the chain by a line that says why and how. Writer thread. */
final class Resumption {
  private final AuditSink sink;
  private final Chain chain;
  private final Backlog backlog;
  private final Unforced unforced;
  private final InstantSource clock;

  Resumption(AuditSink sink, Chain chain, Backlog backlog, Unforced unforced, InstantSource clock) {
    this.sink = sink;
    this.chain = chain;
    this.backlog = backlog;
    this.unforced = unforced;
    this.clock = clock;
  }

  /**
   * The line is forced, whatever is set.
   *
   * @throws IOException when the sink cannot be opened, or does not take the line
   */
  void resume(String why) throws IOException {
    Optional<AuditSink.Found> found = sink.reopen();
    // Whichever is further on: the file may hold lines that were taken for lost, or lack some.
    found
        .map(AuditSink.Found::head)
        .filter(head -> head.seq() >= chain.head().seq())
        .ifPresent(chain::continueFrom);
    String how = found.map(AuditSink.Found::how).orElse("");
    long lost = backlog.takeLost();
    String cause =
        why + (how.isEmpty() ? "" : "; " + how) + (lost == 0 ? "" : "; " + lost + " events lost");
    chain.beginBatch();
    try {
      chain.add(new BrokerEvent.LogContinued(cause), clock.millis());
      sink.write(chain.bytes());
    } catch (IOException | RuntimeException failure) {
      chain.undoBatch();
      backlog.lostAsWell(lost);
      throw failure;
    }
    sink.sync();
    unforced.nothingLeft();
    unforced.wrote(1);
  }
}
