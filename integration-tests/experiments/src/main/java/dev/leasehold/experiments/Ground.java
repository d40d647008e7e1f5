package dev.leasehold.experiments;

import dev.leasehold.testbed.Testbed;

/**
 * What all experiments of a run share.
 *
 * @param brief a run of minutes, for every build
 * @param seed of all that is drawn by lot
 */
record Ground(Testbed testbed, boolean brief, long seed) {

  /** The first, or, in a short run, the second. */
  int scaled(int whole, int inBrief) {
    return brief ? inBrief : whole;
  }

  /** For whoever watches; the results alone go to standard output. */
  void say(String id, String text) {
    System.err.println(id + ": " + text);
  }
}
