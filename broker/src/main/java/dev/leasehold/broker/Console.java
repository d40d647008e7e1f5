package dev.leasehold.broker;

import java.io.PrintStream;
import java.util.Map;

/**
 * What a command speaks to.
 *
 * @param out for what was asked for
 * @param err for everything else that people read
 * @param environment the variables
 */
record Console(PrintStream out, PrintStream err, Map<String, String> environment) {
  Console {
    environment = Map.copyOf(environment);
  }

  /** Says that something went wrong, and what. */
  void complain(String message) {
    err.println("leasehold: " + message);
  }
}
