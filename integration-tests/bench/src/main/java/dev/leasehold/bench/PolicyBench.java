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
 * What rules of the policy cost: one decision with few and with many of them, and the rate of calls
 * with a thousand beside that with ten.
 */
final class PolicyBench implements Bench {
  private static final int FEW = 10;
  private static final int MANY = 1000;
  private static final double GOAL_RATE = 0.97;
  private static final double GOAL_CPU = 1.03;

  @Override
  public String name() {
    return "policy";
  }

  @Override
  public List<Needed> needs() {
    return HttpBench.NEEDS;
  }

  @Override
  public List<Measure> measure(Duration load) {
    List<Measure> measures = new ArrayList<>(Decisions.measure(name()));
    measures.addAll(EngineCosts.measure(name()));
    try (Testbed testbed = Testbed.start(Needs.VAULT, Needs.WORKLOAD_API)) {
      Path folder = testbed.folder();
      Nginx upstream = testbed.keep(Nginx.upstream(folder, Cores.load()));
      URI target = URI.create("http://127.0.0.1:" + upstream.port() + "/v1/items");
      measures.addAll(StartsWithEngines.measure(name(), testbed));
      Subject many = subject("many", testbed, upstream.port(), MANY);
      Subject few = subject("few", testbed, upstream.port(), FEW);
      ServerProcess manyServed = many.serve(Cores.measured());
      ServerProcess fewServed = few.serve(Cores.measured());
      try (TaskApi manyTasks = many.tasks();
          TaskApi fewTasks = few.tasks()) {
        JsonObject manyTask = manyTasks.open();
        JsonObject fewTask = fewTasks.open();
        Rival ours = new Rival(many.call(manyTask, target), manyServed.pid());
        Rival peer = new Rival(few.call(fewTask, target), fewServed.pid());
        // Both are compilers' work, and both have to be warm.
        var unused = HttpBench.closedLoop(folder, peer, load.multipliedBy(3));
        measures.addAll(
            new Duel(name(), folder, ours, peer, FEW + " rules", load)
                .throughput(
                    MANY + " rules, " + HttpBench.CONNECTIONS + " connections",
                    (rival, time) -> HttpBench.closedLoop(folder, rival, time),
                    GOAL_RATE,
                    GOAL_CPU));
      }
    }
    return measures;
  }

  private static Subject subject(String name, Testbed testbed, int upstream, int rules) {
    return Subject.prepare(name, testbed, HttpBench.rules(upstream) + policy(rules), "target");
  }

  /** The last one allows; none before it can match. */
  private static String policy(int rules) {
    StringBuilder text = new StringBuilder("policy:\n  rules:\n");
    for (int i = 1; i < rules; i++) {
      String effect = i % 10 == 0 ? "deny" : "allow";
      text.append(
          "    - {name: other-%1$d, effect: %2$s, when: {kinds: [load], paths: [\"/team-%1$d/**\"]}}\n"
              .formatted(i, effect));
    }
    return text.append("    - {name: items, effect: allow, when: {kinds: [load]}}\n").toString();
  }
}
