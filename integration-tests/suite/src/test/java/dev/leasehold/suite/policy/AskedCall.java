package dev.leasehold.suite.policy;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.leasehold.broker.config.Configuration;
import dev.leasehold.broker.destination.CanonicalPath;
import dev.leasehold.broker.destination.Target;
import dev.leasehold.broker.policy.Call;
import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskKind;
import dev.leasehold.broker.task.TaskRequest;
import dev.leasehold.broker.task.Tasks;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

/**
 * One call of a task of its own, as the examples of policies are asked about it.
 *
 * @param calls how many the task has made, this one among them
 * @param denials how many of them were refused
 */
record AskedCall(
    String kind,
    String purpose,
    String method,
    String path,
    String destination,
    boolean incident,
    int calls,
    int denials) {
  private static final String AGENT = "spiffe://example.org/agent/buyer";
  private static final List<String> METHODS =
      List.of("GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
  private static final List<String> PATHS =
      List.of(
          "/",
          "/orders",
          "/orders/",
          "/orders/7",
          "/orders/7/lines",
          "/orders/a%20b",
          "/orders/%E2%82%AC",
          "/ORDERS/7",
          "/stock/anvil",
          "/orders/7/",
          "/orders/*");

  static AskedCall of(String kind, String method, String path, String destination) {
    return new AskedCall(kind, "nightly restock", method, path, destination, false, 1, 0);
  }

  static AskedCall byChance(Random random) {
    String kind = random.nextInt(8) == 0 ? "report" : "restock";
    return new AskedCall(
        kind,
        random.nextInt(4) == 0 ? "manual order" : "nightly restock",
        one(METHODS, random),
        one(PATHS, random),
        kind.equals("report") ? "reports" : one(List.of("shop", "shop-staging", "ledger"), random),
        random.nextInt(5) == 0,
        random.nextInt(6) == 0 ? 499 + random.nextInt(4) : 1,
        random.nextInt(6) == 0 ? 19 + random.nextInt(4) : 0);
  }

  private static String one(List<String> all, Random random) {
    return all.get(random.nextInt(all.size()));
  }

  Task open(Configuration configuration) {
    Tasks tasks = new Tasks(InstantSource.system(), System::nanoTime);
    TaskKind of = Objects.requireNonNull(configuration.kinds().get(kind));
    TaskRequest request =
        new TaskRequest(
            purpose,
            AGENT,
            AgentProof.UID,
            "uid:64001",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of("shop", "one"),
            Optional.empty());
    Task task = assertInstanceOf(Tasks.Opening.Opened.class, tasks.open(of, request)).task();
    for (int i = 0; i < calls; i++) {
      task.enter(() -> {}, System.nanoTime());
    }
    for (int i = 0; i < denials; i++) {
      task.denied(System.nanoTime());
    }
    return task;
  }

  Call call(Configuration configuration) {
    Target target = Objects.requireNonNull(configuration.destinations().get(destination)).target();
    CanonicalPath canonical =
        assertInstanceOf(CanonicalPath.Result.Canonical.class, CanonicalPath.parse(path, false))
            .path();
    return new Call(target.scheme(), target.host(), target.port(), method, canonical);
  }
}
