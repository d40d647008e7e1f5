package dev.leasehold.broker;

import java.io.PrintStream;

/** What {@code check --online} found, a line each, as it is found. */
final class Findings {
  private final PrintStream out;
  private int failed;

  Findings(PrintStream out) {
    this.out = out;
  }

  void fine(String what, String words) {
    line("ok", what, words);
  }

  void warned(String what, String words) {
    line("warning", what, words);
  }

  void skipped(String what, String why) {
    line("skipped", what, why);
  }

  void failed(String what, String why) {
    failed++;
    line("FAILED", what, why);
  }

  int failed() {
    return failed;
  }

  private void line(String sort, String what, String words) {
    out.println(String.format("%-8s", sort) + what + ": " + words);
  }
}
