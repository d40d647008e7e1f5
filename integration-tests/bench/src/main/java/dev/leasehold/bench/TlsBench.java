package dev.leasehold.bench;

import dev.leasehold.bench.OpenLoop.Latency;
import dev.leasehold.testbed.Needs;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.ServerProcess;
import dev.leasehold.testbed.tls.Leaf.KeyFiles;
import dev.leasehold.testbed.tls.TestCa;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * TLS in and out with a bearer token put in: through CONNECT here, straight to nginx there, which
 * puts in a header. The same request, upstream and processors, one after the other in turns.
 */
final class TlsBench implements Bench {
  private static final int ROUNDS = 3;
  private static final int WARM_UP = 3;
  private static final int CONNECTIONS = 64;
  private static final int RATE = 1000;
  private static final double GOAL_RATE = 1.0;
  private static final double GOAL_FRESH = 0.7;
  private static final double GOAL_MICROS = 30;
  private static final String PEER = "nginx";

  @Override
  public String name() {
    return "tls";
  }

  @Override
  public List<Needed> needs() {
    return List.of(new Needed("nginx", "nginx-light"), new Needed("taskset", "util-linux"));
  }

  private static String rules(int upstream, Path roots) {
    return """
    destinations:
      target:
        url: https://localhost:%d
        environment: bench
        addresses: [127.0.0.0/8, "::1/128"]
        tls: {ca: "file:%s"}
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
        .formatted(upstream, roots, VaultMounts.STATIC_SECRET);
  }

  @Override
  public List<Measure> measure(Duration load) {
    try (Testbed testbed = Testbed.start(Needs.VAULT, Needs.WORKLOAD_API)) {
      Path folder = testbed.folder();
      TestCa ca = TestCa.create("bench");
      Path roots = Files.writeString(folder.resolve("roots.pem"), ca.pem());
      KeyFiles shown = ca.leaf("localhost").write(folder, "shown");
      Nginx upstream = testbed.keep(Nginx.secureUpstream(folder, Cores.load(), shown));
      URI target = URI.create("https://localhost:" + upstream.port() + "/v1/items");
      String secret =
          testbed
              .vaultAdmin()
              .read("kv/data/" + VaultMounts.STATIC_SECRET)
              .data()
              .getJsonObject("data")
              .getString("token");
      Nginx nginx =
          testbed.keep(
              Nginx.secureInjecting(
                  folder, Cores.measured(), shown, roots, upstream.port(), "Bearer " + secret));
      Subject subject = Subject.prepare(testbed, rules(upstream.port(), roots));
      ServerProcess leasehold = subject.serve(Cores.measured());
      try (TaskApi tasks = subject.tasks()) {
        JsonObject task = tasks.open();
        Rival ours = new Rival(subject.call(task, target), leasehold.pid());
        Rival peer = new Rival(new Call(nginx.port(), target, Map.of()), nginx.pid());
        return compare(folder, ours, peer, load);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static List<Measure> compare(Path folder, Rival ours, Rival peer, Duration load) {
    List<Measure> measures = new ArrayList<>();
    measures.addAll(
        rate(folder, "64 connections, closed loop", false, GOAL_RATE, ours, peer, load));
    measures.addAll(
        rate(folder, "a new connection for every request", true, GOAL_FRESH, ours, peer, load));
    List<Latency> ourLatency = new ArrayList<>();
    List<Latency> peerLatency = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      ourLatency.add(OpenLoop.run(folder, ours.call(), RATE, load));
      peerLatency.add(OpenLoop.run(folder, peer.call(), RATE, load));
    }
    measures.add(
        Measure.atMostAbovePeer(
            "tls",
            "p50 at 1000/s, one connection",
            "us",
            median(ourLatency, Latency::p50),
            median(peerLatency, Latency::p50),
            PEER,
            GOAL_MICROS));
    return measures;
  }

  private static List<Measure> rate(
      Path folder, String what, boolean fresh, double goal, Rival ours, Rival peer, Duration load) {
    // Only a JIT compiler needs to be warmed up.
    var unused = TlsLoad.run(folder, ours, fresh, CONNECTIONS, load.multipliedBy(WARM_UP));
    List<Throughput> ourLoops = new ArrayList<>();
    List<Throughput> peerLoops = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      ourLoops.add(TlsLoad.run(folder, ours, fresh, CONNECTIONS, load));
      peerLoops.add(TlsLoad.run(folder, peer, fresh, CONNECTIONS, load));
    }
    return List.of(
        Measure.atLeastOfPeer(
            "tls",
            what,
            "1/s",
            median(ourLoops, Throughput::perSecond),
            median(peerLoops, Throughput::perSecond),
            PEER,
            goal),
        Measure.atMostOfPeer(
            "tls",
            "processor time for one of these",
            "us",
            median(ourLoops, Throughput::cpu),
            median(peerLoops, Throughput::cpu),
            PEER,
            1 / goal));
  }

  private static <T> double median(List<T> rounds, ToDoubleFunction<T> figure) {
    return Samples.of(rounds.stream().mapToDouble(figure).toArray()).median();
  }
}
