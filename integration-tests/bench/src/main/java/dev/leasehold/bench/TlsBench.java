package dev.leasehold.bench;

import dev.leasehold.testbed.Needs;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.server.ServerProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * TLS in and out with a bearer token put in: through CONNECT here, straight to nginx there, which
 * puts in a header. The same request, upstream and processors, one after the other in turns.
 */
final class TlsBench implements Bench {
  private static final int CONNECTIONS = 64;
  private static final double GOAL_RATE = 1.0;
  private static final double GOAL_FRESH = 0.7;
  private static final double GOAL_MICROS = 30;
  private static final double GOAL_REDACTED = 0.85;

  @Override
  public String name() {
    return "tls";
  }

  @Override
  public List<Needed> needs() {
    return List.of(new Needed("nginx", "nginx-light"), new Needed("taskset", "util-linux"));
  }

  private static String rules(SecureUpstream upstream) {
    return "destinations:\n"
        + upstream.destination("target", "/v1/**", "credential: token")
        + upstream.destination("plain", "/plain/**", "")
        + Subject.bearerToken("a benchmark of the way of a call");
  }

  @Override
  public List<Measure> measure(Duration load) {
    try (Testbed testbed = Testbed.start(Needs.VAULT, Needs.WORKLOAD_API)) {
      Path folder = testbed.folder();
      SecureUpstream upstream = SecureUpstream.start(testbed);
      URI target = upstream.items();
      String secret = Subject.tokenOf(testbed);
      Nginx nginx =
          testbed.keep(
              Nginx.secureInjecting(
                  folder,
                  Cores.measured(),
                  upstream.shown(),
                  upstream.roots(),
                  upstream.port(),
                  "Bearer " + secret));
      Subject subject = Subject.prepare(testbed, rules(upstream), "target", "plain");
      ServerProcess leasehold = subject.serve(Cores.measured());
      try (TaskApi tasks = subject.tasks()) {
        JsonObject task = tasks.open();
        Rival ours = new Rival(subject.call(task, target), leasehold.pid());
        Rival peer = new Rival(new Call(nginx.port(), target, Map.of()), nginx.pid());
        List<Measure> measures = compare(new Duel(name(), folder, ours, peer, load));
        measures.addAll(redaction(subject, tasks, leasehold.pid(), target, folder, load));
        return measures;
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static List<Measure> compare(Duel duel) {
    List<Measure> measures = new ArrayList<>();
    measures.addAll(
        duel.throughput(
            "64 connections, closed loop", loop(duel, false), GOAL_RATE, 1 / GOAL_RATE));
    measures.addAll(
        duel.throughput(
            "a new connection for every request", loop(duel, true), GOAL_FRESH, 1 / GOAL_FRESH));
    measures.add(duel.latency(GOAL_MICROS));
    return measures;
  }

  /** A task with a secret to look for, beside one that has none: putting it in is counted too. */
  private static List<Measure> redaction(
      Subject subject, TaskApi tasks, long pid, URI target, Path folder, Duration load) {
    Rival searched = new Rival(subject.call(tasks.open(), target.resolve("/v1/kibibyte")), pid);
    Rival plain = new Rival(subject.call(tasks.open(), target.resolve("/plain/kibibyte")), pid);
    Duel duel = new Duel("tls", folder, searched, plain, "without a secret", load);
    return duel.throughput(
        "redaction, answers of 1 KiB", loop(duel, false), GOAL_REDACTED, 1 / GOAL_REDACTED);
  }

  private static Duel.Loop loop(Duel duel, boolean fresh) {
    return (rival, time) -> TlsLoad.run(duel.folder(), rival, fresh, CONNECTIONS, time);
  }
}
