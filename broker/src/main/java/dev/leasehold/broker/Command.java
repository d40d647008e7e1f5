package dev.leasehold.broker;

import java.util.List;

/** One command of the command line. */
@FunctionalInterface
interface Command {
  /**
   * Runs to the end; everything that can go wrong without a bug has been said on the console when
   * this returns.
   *
   * @param words what stands after the command's name
   * @return the exit status
   * @throws UsageException when the words make no sense
   */
  int run(List<String> words, Console console) throws UsageException;
}
