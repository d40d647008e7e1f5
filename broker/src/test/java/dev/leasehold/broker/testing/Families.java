package dev.leasehold.broker.testing;

import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.ChildRequest;
import dev.leasehold.broker.task.Delegation;
import dev.leasehold.broker.task.Narrowing;
import dev.leasehold.broker.task.OnSharedToken;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskKind;
import dev.leasehold.broker.task.TaskRequest;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.task.Tasks.Opening;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tasks that delegate, and their children. */
public final class Families {
  public static final String PLANNER = "spiffe://example.org/agent/planner";
  public static final String RESEARCHER = "spiffe://example.org/agent/researcher";
  public static final String WRITER = "spiffe://example.org/agent/writer";

  private Families() {}

  /** Delegates to every agent below {@code agent/}, twice in a row, to two at a time. */
  public static TaskKind kind(String... destinations) {
    return new TaskKind(
        "plan",
        Set.of(PLANNER),
        Set.of(),
        Duration.ofMinutes(10),
        Optional.of(Duration.ofMinutes(2)),
        Duration.ZERO,
        10,
        "role",
        List.of(destinations),
        Optional.empty(),
        Optional.of(new Delegation(List.of("spiffe://example.org/agent/*"), List.of(), 2, 2)),
        Optional.empty(),
        OnSharedToken.RECORD);
  }

  public static Task open(Tasks tasks, TaskKind kind) {
    TaskRequest request =
        new TaskRequest(
            "a report",
            PLANNER,
            AgentProof.UID,
            "uid:1",
            Optional.of(1),
            Optional.empty(),
            Optional.empty(),
            Map.of("team", "blue"),
            Optional.of("alice"));
    return ((Opening.Opened) tasks.open(kind, request)).task();
  }

  public static Asking ask(String agent) {
    return new Asking(agent);
  }

  /** A child for that agent, whose agent has shown who it is. */
  public static Task child(Tasks tasks, Task parent, Asking asking) {
    Task child = ((Opening.Opened) tasks.delegate(parent, asking.request())).task();
    child.prove(AgentProof.SVID);
    return child;
  }

  /** What a parent asks for. */
  public static final class Asking {
    private final String agent;
    private Optional<AgentProof> proof = Optional.empty();
    private Optional<Duration> ttl = Optional.empty();
    private Optional<List<String>> destinations = Optional.empty();
    private Map<String, String> labels = Map.of();
    private Optional<String> onBehalfOf = Optional.empty();
    private Narrowing narrowing = Narrowing.NONE;

    private Asking(String agent) {
      this.agent = agent;
    }

    public Asking proof(AgentProof weakest) {
      proof = Optional.of(weakest);
      return this;
    }

    public Asking ttl(Duration life) {
      ttl = Optional.of(life);
      return this;
    }

    public Asking destinations(String... names) {
      destinations = Optional.of(List.of(names));
      return this;
    }

    public Asking labels(Map<String, String> those) {
      labels = those;
      return this;
    }

    public Asking onBehalfOf(String who) {
      onBehalfOf = Optional.of(who);
      return this;
    }

    public Asking narrowed(Narrowing to) {
      narrowing = to;
      return this;
    }

    public ChildRequest request() {
      return new ChildRequest(
          agent, proof, "a part of it", ttl, destinations, labels, onBehalfOf, narrowing);
    }
  }
}
