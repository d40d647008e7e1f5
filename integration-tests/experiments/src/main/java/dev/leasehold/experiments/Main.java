package dev.leasehold.experiments;

import dev.leasehold.testbed.Needs;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.server.MissingServerException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The command line of {@code integration-tests/experiments/run}. */
public final class Main {
  private static final int FAILED = 1;
  private static final int USAGE = 64;
  private static final int UNAVAILABLE = 69;
  private static final long DEFAULT_SEED = 1;
  private static final List<Experiment> EXPERIMENTS =
      List.of(
          new ReflectionMatrix(),
          new SmugglingReplay(),
          new TargetBinding(),
          new ForbiddenAddresses(),
          new LargeBodies(),
          new SlowConnections(),
          new ManyNames());

  /** Kept, since a logger that nobody holds loses its level. It warns of what does not matter. */
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  private Main() {}

  public static void main(String[] words) {
    GRPC.setLevel(Level.SEVERE);
    PrintStream out = System.out;
    System.setOut(System.err); // the results alone go to standard output
    System.exit(run(List.of(words), out));
  }

  static int run(List<String> words, PrintStream out) {
    List<Experiment> chosen = new ArrayList<>();
    boolean brief = false;
    boolean write = false;
    long seed = DEFAULT_SEED;
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("--short")) {
        brief = true;
      } else if (word.equals("--write")) {
        write = true;
      } else if (word.equals("--seed")
          && i + 1 < words.size()
          && words.get(i + 1).matches("\\d{1,18}")) {
        seed = Long.parseLong(words.get(++i));
      } else if (EXPERIMENTS.stream().anyMatch(one -> one.id().equals(word))) {
        EXPERIMENTS.stream().filter(one -> one.id().equals(word)).forEach(chosen::add);
      } else {
        System.err.println(
            word + ": unknown. usage: run [ID…] [--short] [--seed N] [--write]; IDs: " + ids());
        return USAGE;
      }
    }
    try {
      return run(chosen.isEmpty() ? EXPERIMENTS : chosen, brief, seed, write, out);
    } catch (MissingServerException absent) {
      System.err.println(absent.getMessage());
      return UNAVAILABLE;
    } catch (IOException | InterruptedException failed) {
      throw new IllegalStateException(failed);
    }
  }

  private static String ids() {
    return String.join(" ", EXPERIMENTS.stream().map(Experiment::id).toList());
  }

  private static int run(
      List<Experiment> experiments, boolean brief, long seed, boolean write, PrintStream out)
      throws IOException, InterruptedException {
    Map<Experiment, Outcome> outcomes = new LinkedHashMap<>();
    try (Testbed testbed = Testbed.start(Needs.VAULT, Needs.WORKLOAD_API)) {
      Ground ground = new Ground(testbed, brief, seed);
      for (Experiment experiment : experiments) {
        long begin = System.nanoTime();
        Outcome outcome = experiment.run(ground);
        outcomes.put(experiment, outcome);
        ground.say(
            experiment.id(),
            "%s (%d s)".formatted(outcome.detail(), (System.nanoTime() - begin) / 1_000_000_000));
        out.println(outcome.json(experiment.id(), seed, testbed.describe()));
      }
      if (write) {
        GuaranteesPage.write(outcomes, brief, seed, testbed.describe());
      }
    }
    return outcomes.values().stream().allMatch(Outcome::good) ? 0 : FAILED;
  }
}
