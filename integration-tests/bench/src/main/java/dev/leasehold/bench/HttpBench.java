package dev.leasehold.bench;

import dev.leasehold.bench.OpenLoop.Latency;
import dev.leasehold.testbed.Needs;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.ServerProcess;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Plain HTTP in and out with a bearer token put in, beside nginx that puts in a header: the same
 * request, upstream and processors, one after the other in turns.
 */
final class HttpBench implements Bench {
  private static final int ROUNDS = 3;

  /** Rounds, before those that count. */
  private static final int WARM_UP = 3;

  private static final int CONNECTIONS = 64;
  private static final int RATE = 1000;
  private static final double GOAL_RATE = 0.75;
  private static final double GOAL_MICROS = 60;

  /** What {@link #GOAL_RATE} means for a processor that is the only limit. */
  private static final double GOAL_CPU = 1.33;

  private static final String PEER = "nginx";

  @Override
  public String name() {
    return "http";
  }

  @Override
  public List<Needed> needs() {
    return List.of(
        new Needed("nginx", "nginx-light"),
        new Needed("wrk", "wrk"),
        new Needed("taskset", "util-linux"));
  }

  private static String rules(int upstream) {
    return """
    destinations:
      target:
        url: http://127.0.0.1:%d
        environment: bench
        addresses: [127.0.0.0/8]
        allow: [{methods: [GET], paths: ["/**"]}]
        credential: token
    credentials:
      token:
        vault: {read: kv/data/%s}
        inject: {bearer: "{token}"}
        revocability: static
        exception: {reason: "a benchmark of the way of a call", until: 2100-01-01T00:00:00Z}
        owner: bench
        classification: internal
    """
        .formatted(upstream, VaultMounts.STATIC_SECRET);
  }

  @Override
  public List<Measure> measure(Duration load) {
    try (Testbed testbed = Testbed.start(Needs.VAULT, Needs.WORKLOAD_API)) {
      Path folder = testbed.folder();
      Nginx upstream = testbed.keep(Nginx.upstream(folder, Cores.load()));
      URI target = URI.create("http://127.0.0.1:" + upstream.port() + "/v1/items");
      String secret =
          testbed
              .vaultAdmin()
              .read("kv/data/" + VaultMounts.STATIC_SECRET)
              .data()
              .getJsonObject("data")
              .getString("token");
      Nginx nginx =
          testbed.keep(
              Nginx.injecting(folder, Cores.measured(), upstream.port(), "Bearer " + secret));
      Subject subject = Subject.prepare(testbed, rules(upstream.port()));
      ServerProcess leasehold = subject.serve(Cores.measured());
      try (TaskApi tasks = subject.tasks()) {
        JsonObject task = tasks.open();
        Call call = subject.call(task, target);
        Rival ours = new Rival(call, leasehold.pid());
        Rival peer = new Rival(new Call(nginx.port(), target, call.headers()), nginx.pid());
        return compare(folder, ours, peer, load);
      }
    }
  }

  private static List<Measure> compare(Path folder, Rival ours, Rival peer, Duration load) {
    // Only a JIT compiler needs to be warmed up.
    var unused = closedLoop(folder, ours, load.multipliedBy(WARM_UP));
    List<Throughput> ourLoops = new ArrayList<>();
    List<Throughput> peerLoops = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      ourLoops.add(closedLoop(folder, ours, load));
      peerLoops.add(closedLoop(folder, peer, load));
    }
    List<Latency> ourLatency = new ArrayList<>();
    List<Latency> peerLatency = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      ourLatency.add(OpenLoop.run(folder, ours.call(), RATE, load));
      peerLatency.add(OpenLoop.run(folder, peer.call(), RATE, load));
    }
    return List.of(
        Measure.atLeastOfPeer(
            "http",
            "64 connections, closed loop",
            "1/s",
            median(ourLoops, Throughput::perSecond),
            median(peerLoops, Throughput::perSecond),
            PEER,
            GOAL_RATE),
        Measure.atMostOfPeer(
            "http",
            "processor time for one of these",
            "us",
            median(ourLoops, Throughput::cpu),
            median(peerLoops, Throughput::cpu),
            PEER,
            GOAL_CPU),
        Measure.atMostAbovePeer(
            "http",
            "p50 at 1000/s, one connection",
            "us",
            median(ourLatency, Latency::p50),
            median(peerLatency, Latency::p50),
            PEER,
            GOAL_MICROS));
  }

  private static <T> double median(List<T> rounds, ToDoubleFunction<T> figure) {
    return Samples.of(rounds.stream().mapToDouble(figure).toArray()).median();
  }

  private static Throughput closedLoop(Path folder, Rival rival, Duration load) {
    double before = rival.cpu();
    double rate = Wrk.load(folder, Cores.load(), rival.call(), CONNECTIONS, load);
    return new Throughput(rate, (rival.cpu() - before) / (rate * load.toSeconds()));
  }
}
