package dev.leasehold.bench;

import java.time.Duration;
import java.util.List;

/** One thing to measure. */
interface Bench {

  /** As it is named on the command line. */
  String name();

  /** The programs on the PATH that it needs, each with what to install. */
  List<Needed> needs();

  /**
   * Measures.
   *
   * @param load how long each load lasts
   */
  List<Measure> measure(Duration load);

  /**
   * A program and the package that has it.
   *
   * @param program on the PATH
   */
  record Needed(String program, String debianPackage) {}
}
