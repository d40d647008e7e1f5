package dev.leasehold.bench;

import dev.leasehold.testbed.server.MissingServerException;
import dev.leasehold.testbed.server.Program;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The command line of {@code integration-tests/bench/run}. */
public final class Main {
  private static final int USAGE = 64;
  private static final int UNAVAILABLE = 69;
  private static final Map<String, Bench> BENCHES =
      Map.of(
          "http",
          new HttpBench(),
          "tls",
          new TlsBench(),
          "task",
          new TaskBench(),
          "start",
          new StartBench(),
          "idle",
          new IdleBench(),
          "policy",
          new PolicyBench());

  /** What the command line promises and what Leasehold cannot do yet. */
  private static final Map<String, String> NOT_YET =
      Map.of("postgres", "the PostgreSQL wire is not part of Leasehold yet");

  /** Kept, since a logger that nobody holds loses its level. It warns of what does not matter. */
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  private Main() {}

  public static void main(String[] words) {
    GRPC.setLevel(Level.SEVERE);
    PrintStream out = System.out;
    System.setOut(System.err); // the figures alone go to standard output
    System.exit(run(List.of(words), out));
  }

  static int run(List<String> words, PrintStream out) {
    List<Bench> chosen = new ArrayList<>();
    Duration load = Duration.ofSeconds(10);
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("--seconds")
          && i + 1 < words.size()
          && words.get(i + 1).matches("[1-9]\\d{0,3}")) {
        load = Duration.ofSeconds(Integer.parseInt(words.get(++i)));
      } else if (NOT_YET.containsKey(word)) {
        System.err.println(word + ": not measured: " + NOT_YET.get(word));
        return UNAVAILABLE;
      } else if (BENCHES.containsKey(word)) {
        chosen.add(BENCHES.get(word));
      } else {
        System.err.println(
            word
                + ": unknown. usage: run [http] [tls] [policy] [postgres] [task] [start] [idle]"
                + " [--seconds N]");
        return USAGE;
      }
    }
    if (chosen.isEmpty()) {
      chosen.addAll(List.of(new HttpBench(), new TaskBench(), new StartBench()));
    }
    return run(chosen, load, out);
  }

  private static int run(List<Bench> benches, Duration load, PrintStream out) {
    List<String> missing =
        benches.stream()
            .flatMap(bench -> bench.needs().stream())
            .distinct()
            .filter(need -> new Program(need.program(), "", "", List.of()).find().isEmpty())
            .map(need -> need.program() + " (Debian: " + need.debianPackage() + ")")
            .toList();
    if (!missing.isEmpty()) {
      System.err.println("missing: " + String.join(", ", missing));
      return UNAVAILABLE;
    }
    warnWhenBusy();
    List<Measure> measures = new ArrayList<>();
    try {
      for (Bench bench : benches) {
        measures.addAll(bench.measure(load));
      }
    } catch (MissingServerException absent) {
      System.err.println(absent.getMessage());
      return UNAVAILABLE;
    }
    out.println(Measure.HEAD);
    measures.forEach(measure -> out.println(measure.row()));
    out.println();
    measures.forEach(measure -> out.println(measure.json()));
    return 0;
  }

  /** Figures of a machine that has other things to do say little, the ratios included. */
  private static void warnWhenBusy() {
    double busy = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    int processors = Runtime.getRuntime().availableProcessors();
    if (busy > processors / 2.0) {
      System.err.printf(
          "This machine is busy (load %.1f on %d processors): do not trust these figures.%n",
          busy, processors);
    }
  }
}
