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
import java.util.Map;

/**
 * Plain HTTP in and out with a bearer token put in, beside nginx that puts in a header: the same
 * request, upstream and processors, one after the other in turns.
 */
final class HttpBench implements Bench {
  private static final int ROUNDS = 3;
  private static final int CONNECTIONS = 64;
  private static final int RATE = 1000;
  private static final double GOAL_RATE = 0.75;
  private static final double GOAL_MICROS = 60;
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
      subject.serve(Cores.measured());
      try (TaskApi tasks = subject.tasks()) {
        JsonObject task = tasks.open();
        Call ours = subject.call(task, target);
        Call peer = new Call(nginx.port(), target, ours.headers());
        return compare(folder, ours, peer, load);
      }
    }
  }

  private static List<Measure> compare(Path folder, Call ours, Call peer, Duration load) {
    Cores cores = Cores.load();
    // Both are warmed up, which only the one with a JIT compiler needs.
    var unused = Wrk.load(folder, cores, ours, CONNECTIONS, load);
    double[] ourRate = new double[ROUNDS];
    double[] peerRate = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      ourRate[round] = Wrk.load(folder, cores, ours, CONNECTIONS, load);
      peerRate[round] = Wrk.load(folder, cores, peer, CONNECTIONS, load);
    }
    List<Latency> ourLatency = new ArrayList<>();
    List<Latency> peerLatency = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      ourLatency.add(openLoop(folder, cores, ours, load));
      peerLatency.add(openLoop(folder, cores, peer, load));
    }
    return List.of(
        Measure.atLeastOfPeer(
            "http",
            "64 connections, closed loop",
            "1/s",
            Samples.of(ourRate).median(),
            Samples.of(peerRate).median(),
            PEER,
            GOAL_RATE),
        Measure.atMostAbovePeer(
            "http",
            "p50 at 1000/s, one connection",
            "us",
            median(ourLatency),
            median(peerLatency),
            PEER,
            GOAL_MICROS));
  }

  private static double median(List<Latency> rounds) {
    return Samples.of(rounds.stream().mapToDouble(Latency::p50).toArray()).median();
  }

  private static Latency openLoop(Path folder, Cores cores, Call call, Duration load) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                OpenLoop.class.getName()));
    command.addAll(List.of(OpenLoop.arguments(call, RATE, (int) load.toSeconds())));
    return Latency.parse(ServerProcess.run(folder, cores.pin(command), Map.of()));
  }
}
