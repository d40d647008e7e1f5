package dev.leasehold.bench;

import dev.leasehold.testbed.Needs;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.server.ServerProcess;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Plain HTTP in and out with a bearer token put in, beside nginx that puts in a header: the same
 * request, upstream and processors, one after the other in turns.
 */
final class HttpBench implements Bench {

  static final int CONNECTIONS = 64;

  /** What the load and the other side of it need. */
  static final List<Needed> NEEDS =
      List.of(
          new Needed("nginx", "nginx-light"),
          new Needed("wrk", "wrk"),
          new Needed("taskset", "util-linux"));

  private static final double GOAL_RATE = 0.75;
  private static final double GOAL_MICROS = 60;

  /** What {@link #GOAL_RATE} means for a processor that is the only limit. */
  private static final double GOAL_CPU = 1.33;

  @Override
  public String name() {
    return "http";
  }

  @Override
  public List<Needed> needs() {
    return NEEDS;
  }

  static String rules(int upstream) {
    return """
    destinations:
      target:
        url: http://127.0.0.1:%d
        environment: bench
        addresses: [127.0.0.0/8]
        allow: [{methods: [GET], paths: ["/**"]}]
        credential: token
    """
            .formatted(upstream)
        + Subject.bearerToken("a benchmark of the way of a call");
  }

  @Override
  public List<Measure> measure(Duration load) {
    try (Testbed testbed = Testbed.start(Needs.VAULT, Needs.WORKLOAD_API)) {
      Path folder = testbed.folder();
      Nginx upstream = testbed.keep(Nginx.upstream(folder, Cores.load()));
      URI target = URI.create("http://127.0.0.1:" + upstream.port() + "/v1/items");
      String secret = Subject.tokenOf(testbed);
      Nginx nginx =
          testbed.keep(
              Nginx.injecting(folder, Cores.measured(), upstream.port(), "Bearer " + secret));
      Subject subject = Subject.prepare(testbed, rules(upstream.port()), "target");
      ServerProcess leasehold = subject.serve(Cores.measured());
      try (TaskApi tasks = subject.tasks()) {
        JsonObject task = tasks.open();
        Call call = subject.call(task, target);
        Rival ours = new Rival(call, leasehold.pid());
        Rival peer = new Rival(new Call(nginx.port(), target, call.headers()), nginx.pid());
        return compare(new Duel(name(), folder, ours, peer, load));
      }
    }
  }

  private static List<Measure> compare(Duel duel) {
    List<Measure> measures = new ArrayList<>();
    measures.addAll(
        duel.throughput(
            "64 connections, closed loop",
            (rival, time) -> closedLoop(duel.folder(), rival, time),
            GOAL_RATE,
            GOAL_CPU));
    measures.add(duel.latency(GOAL_MICROS));
    return measures;
  }

  static Throughput closedLoop(Path folder, Rival rival, Duration load) {
    double before = rival.cpu();
    double rate = Wrk.load(folder, Cores.load(), rival.call(), CONNECTIONS, load);
    return new Throughput(rate, (rival.cpu() - before) / (rate * load.toSeconds()));
  }
}
