package dev.leasehold.bench;

import dev.leasehold.bench.OpenLoop.Latency;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Ours and another at the same work, in turns, so that what else the machine does reaches both: the
 * medians of the rounds.
 *
 * @param peerName what the other one is
 * @param load how long one round lasts
 */
record Duel(String bench, Path folder, Rival ours, Rival peer, String peerName, Duration load) {
  private static final int ROUNDS = 3;

  /** Rounds, before those that count. */
  private static final int WARM_UP = 3;

  private static final int RATE = 1000;

  /** Against nginx. */
  Duel(String bench, Path folder, Rival ours, Rival nginx, Duration load) {
    this(bench, folder, ours, nginx, "nginx", load);
  }

  /** A closed loop. */
  interface Loop {
    Throughput run(Rival rival, Duration time);
  }

  /**
   * Requests a second and processor time for each.
   *
   * @param rateGoal ours / peer, at least
   * @param cpuGoal ours / peer, at most
   */
  List<Measure> throughput(String what, Loop loop, double rateGoal, double cpuGoal) {
    // Only a JIT compiler needs to be warmed up.
    var unused = loop.run(ours, load.multipliedBy(WARM_UP));
    List<Throughput> ourLoops = new ArrayList<>();
    List<Throughput> peerLoops = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      ourLoops.add(loop.run(ours, load));
      peerLoops.add(loop.run(peer, load));
    }
    return List.of(
        Measure.atLeastOfPeer(
            bench,
            what,
            "1/s",
            median(ourLoops, Throughput::perSecond),
            median(peerLoops, Throughput::perSecond),
            peerName,
            rateGoal),
        Measure.atMostOfPeer(
            bench,
            "processor time for one of these",
            "us",
            median(ourLoops, Throughput::cpu),
            median(peerLoops, Throughput::cpu),
            peerName,
            cpuGoal));
  }

  /** Latency at a fixed rate on one connection. */
  Measure latency(double goalMicros) {
    List<Latency> ourLatency = new ArrayList<>();
    List<Latency> peerLatency = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      ourLatency.add(OpenLoop.run(folder, ours.call(), RATE, load));
      peerLatency.add(OpenLoop.run(folder, peer.call(), RATE, load));
    }
    return Measure.atMostAbovePeer(
        bench,
        "p50 at 1000/s, one connection",
        "us",
        median(ourLatency, Latency::p50),
        median(peerLatency, Latency::p50),
        peerName,
        goalMicros);
  }

  private static <T> double median(List<T> rounds, ToDoubleFunction<T> figure) {
    return Samples.of(rounds.stream().mapToDouble(figure).toArray()).median();
  }
}
