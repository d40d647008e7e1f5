package dev.leasehold.broker;

/** What the program exits with; the numbers above 63 are those of sysexits(3). */
final class ExitStatus {
  static final int DONE = 0;

  /** {@code vault diff} and {@code audit verify}: the answer to the question is no. */
  static final int NO = 1;

  static final int USAGE = 64;

  /** A file that the command line names cannot be read. */
  static final int NO_INPUT = 66;

  /** Something that is needed never became ready. */
  static final int UNAVAILABLE = 69;

  /** A bug. */
  static final int SOFTWARE = 70;

  /** The configuration is refused. */
  static final int CONFIG = 78;

  private ExitStatus() {}
}
