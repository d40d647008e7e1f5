package dev.leasehold.bench;

import dev.leasehold.bench.Measure.Peer;
import dev.leasehold.testbed.Needs;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.server.ServerProcess;
import java.time.Duration;
import java.util.List;

/** From the start of the process to its readiness line, and its memory when nothing happens. */
final class StartBench implements Bench {
  private static final int STARTS = 5;
  private static final double GOAL_SECONDS = 2.5;
  private static final double GOAL_MEBIBYTES = 140;

  /** The heap and the code cache have settled by then. */
  private static final Duration IDLE = Duration.ofSeconds(10);

  @Override
  public String name() {
    return "start";
  }

  @Override
  public List<Needed> needs() {
    return List.of(new Needed("taskset", "util-linux"));
  }

  static String rules() {
    return """
    destinations:
      target:
        url: https://api.example.org
        environment: bench
        allow: [{methods: [GET], paths: ["/**"]}]
        credential: token
    """
        + Subject.bearerToken("a benchmark of the start");
  }

  @Override
  public List<Measure> measure(Duration load) {
    try (Testbed testbed = Testbed.start(Needs.VAULT, Needs.WORKLOAD_API)) {
      Subject subject = Subject.prepare(testbed, rules(), "target");
      double[] seconds = new double[STARTS];
      double[] mebibytes = new double[STARTS];
      for (int i = 0; i < STARTS; i++) {
        long start = System.nanoTime();
        try (ServerProcess leasehold = subject.serve(Cores.all())) {
          seconds[i] = (System.nanoTime() - start) / 1e9;
          Thread.sleep(IDLE);
          mebibytes[i] = Resident.mebibytes(leasehold.pid());
        }
      }
      return List.of(
          Measure.atMost(
              "start",
              "start to ready, median",
              "s",
              Samples.of(seconds).median(),
              GOAL_SECONDS,
              Peer.NONE),
          Measure.atMost(
              "start",
              "resident when idle, median",
              "MiB",
              Samples.of(mebibytes).median(),
              GOAL_MEBIBYTES,
              Peer.NONE));
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", stop);
    }
  }
}
