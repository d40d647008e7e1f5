package dev.leasehold.experiments;

import java.io.IOException;

/** One attack, or one sort of hardship, with the count that decides. */
interface Experiment {

  /** As it is named on the command line, such as {@code E13}. */
  String id();

  /** What must hold, in the words of a reader of docs/guarantees.md. */
  String promise();

  /** What has the fault in the negative control. */
  String control();

  Outcome run(Ground ground) throws IOException, InterruptedException;
}
