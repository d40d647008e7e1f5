package dev.leasehold.testbed.quickstart;

import java.io.PrintStream;
import java.util.function.BooleanSupplier;

/** Tells the story on standard output. A claim that does not hold ends it. */
final class Narrator {
  /** Something that was said did not turn out to be so. */
  static final class ClaimFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    ClaimFailed(String claim) {
      super(claim);
    }
  }

  private final PrintStream out;
  private int step;
  private int claims;

  Narrator(PrintStream out) {
    this.out = out;
  }

  void step(String title) {
    step++;
    out.printf("%n%d. %s%n", step, title);
  }

  void say(String text) {
    out.println("   " + text);
  }

  /** A command that the reader could type. */
  void command(String line) {
    out.println("   $ " + line);
  }

  /** What a command answered. */
  void output(String text) {
    text.strip().lines().forEach(line -> out.println("     " + line));
  }

  /** Says {@code claim} after having checked it. */
  void claim(String claim, BooleanSupplier check) {
    if (!check.getAsBoolean()) {
      out.println("   NOT SO: " + claim);
      throw new ClaimFailed(claim);
    }
    claims++;
    out.println("   ok: " + claim);
  }

  int claims() {
    return claims;
  }
}
