package dev.leasehold.broker.policy;

import dev.leasehold.broker.destination.CanonicalPath;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Target;
import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskKind;
import dev.leasehold.broker.task.TaskRequest;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.testing.Destinations;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Whose call it is and whether it may be made, as tasks and destinations grow in number. */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // JMH does it
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecisionBenchmark {
  private static final String AGENT = "spiffe://example.org/agent/buyer";

  @Param({"1", "10", "100", "1000"})
  int destinations;

  @Param({"1", "100", "1000"})
  int openTasks;

  private Tasks tasks;
  private Policy policy;
  private Task task;
  private byte[] token;
  private Call call;

  @Setup
  public void open() {
    Map<String, Destination> all = new LinkedHashMap<>();
    for (int i = 0; i < destinations; i++) {
      String name = "api-" + i;
      all.put(
          name,
          Destinations.https(name, name + ".example")
              .allow(Set.of("GET"), "/api/overview", "/api/queues/**")
              .deny(Set.of(), "/api/users/**")
              .build());
    }
    policy = new Policy("v1", all, Map.of(), InstantSource.system());
    tasks = new Tasks(InstantSource.system(), System::nanoTime);
    TaskKind kind = kind(List.copyOf(all.keySet()));
    List<Tasks.Opening.Opened> opened = new ArrayList<>();
    for (int i = 0; i < openTasks; i++) {
      opened.add((Tasks.Opening.Opened) tasks.open(kind, request()));
    }
    Tasks.Opening.Opened ours = opened.get(openTasks / 2);
    task = ours.task();
    token = ours.token().reveal().getBytes(StandardCharsets.US_ASCII);
    String host = "api-" + destinations / 2 + ".example";
    CanonicalPath path =
        ((CanonicalPath.Result.Canonical) CanonicalPath.parse("/api/queues/shop/orders", false))
            .path();
    call = new Call(Target.Scheme.HTTPS, host, 443, "GET", path);
  }

  private static TaskKind kind(List<String> names) {
    return new TaskKind(
        "restock",
        Set.of(AGENT),
        Set.of(),
        Duration.ofHours(1),
        Optional.empty(),
        Duration.ZERO,
        2000,
        "role",
        names);
  }

  private static TaskRequest request() {
    return new TaskRequest(
        "a benchmark",
        AGENT,
        AgentProof.UID,
        "uid:1001",
        Optional.of(1001),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Optional.empty());
  }

  @Benchmark
  public Object authenticate() {
    return tasks.authenticate(task.id(), token);
  }

  @Benchmark
  public Object decide() {
    return policy.decide(task, call);
  }
}
