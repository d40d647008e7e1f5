package dev.leasehold.broker;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What must be stopped, the newest first. One that fails does not keep the others running. */
final class Stops implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Stops.class);

  private record Stop(String name, AutoCloseable part) {}

  private final Deque<Stop> stops = new ArrayDeque<>();

  /** Takes a part that runs, and returns it. */
  <T extends AutoCloseable> T add(String name, T part) {
    stops.push(new Stop(name, part));
    return part;
  }

  @Override
  public void close() {
    for (Stop stop = stops.poll(); stop != null; stop = stops.poll()) {
      try {
        stop.part().close();
      } catch (Exception failure) {
        if (failure instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
        log.error("event=stop_failed part={}", stop.name(), failure);
      }
    }
  }
}
