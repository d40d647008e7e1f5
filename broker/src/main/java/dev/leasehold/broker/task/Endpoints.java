package dev.leasehold.broker.task;

import java.io.IOException;
import java.util.Map;

/**
 * Local addresses of one task, for clients that take a base URL and no proxy. Declared here,
 * implemented by the listeners' package.
 */
public interface Endpoints {
  /** The reserved endpoint name for a proxy port that needs no credentials. */
  String PROXY = "proxy";

  /**
   * Opens a loopback port for each name: a destination of the task, or {@link #PROXY}. Only peers
   * with the task's uid are served. Blocks; belongs on a virtual thread.
   *
   * @return name to URL
   * @throws IOException when an address cannot be had; then none stays open
   */
  Map<String, String> open(Task task, Iterable<String> names) throws IOException;

  /** Closes the task's addresses and everything connected to them; idempotent. */
  void close(Task task);
}
