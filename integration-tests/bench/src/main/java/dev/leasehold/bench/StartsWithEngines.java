package dev.leasehold.bench;

import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.server.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What a configured engine costs at the start and in memory, beside a sidecar without any. */
final class StartsWithEngines {
  private static final int STARTS = 3;
  private static final Duration IDLE = Duration.ofSeconds(5);

  private record Cost(double seconds, double mebibytes) {}

  private StartsWithEngines() {}

  static List<Measure> measure(String bench, Testbed testbed) {
    Map<String, Cost> costs = new TreeMap<>();
    rules(testbed).forEach((name, policy) -> costs.put(name, cost(name, testbed, policy)));
    Cost none = Objects.requireNonNull(costs.remove("none"));
    List<Measure> measures = new ArrayList<>();
    costs.forEach(
        (name, cost) -> {
          measures.add(
              shown(bench, "start to ready with " + name, "s", cost.seconds(), none.seconds()));
          measures.add(
              shown(
                  bench,
                  "resident when idle with " + name,
                  "MiB",
                  cost.mebibytes(),
                  none.mebibytes()));
        });
    return measures;
  }

  private static Measure shown(String bench, String name, String unit, double ours, double none) {
    return Measure.shown(bench, name, unit, ours, new Measure.Peer(none, "without"));
  }

  private static Map<String, String> rules(Testbed testbed) {
    Path policies = testbed.folder().resolve("bench.cedar");
    try {
      Files.writeString(policies, "permit (principal, action, resource);");
    } catch (IOException full) {
      throw new UncheckedIOException(full);
    }
    return Map.of(
        "none", "",
        "CEL", "policy: {rules: [{name: a, effect: allow, cel: task.calls < 9}]}\n",
        "Cedar", "policy: {engines: [{cedar: {policies: \"file:" + policies + "\"}}]}\n");
  }

  private static Cost cost(String name, Testbed testbed, String policy) {
    Subject subject =
        Subject.prepare(
            "with-" + name.toLowerCase(Locale.ROOT),
            testbed,
            StartBench.rules() + policy,
            "target");
    double[] seconds = new double[STARTS];
    double[] mebibytes = new double[STARTS];
    for (int i = 0; i < STARTS; i++) {
      long start = System.nanoTime();
      try (ServerProcess leasehold = subject.serve(Cores.all())) {
        seconds[i] = (System.nanoTime() - start) / 1e9;
        Thread.sleep(IDLE);
        mebibytes[i] = Resident.mebibytes(leasehold.pid());
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", stop);
      }
    }
    return new Cost(Samples.of(seconds).median(), Samples.of(mebibytes).median());
  }
}
