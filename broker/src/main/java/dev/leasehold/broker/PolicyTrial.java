package dev.leasehold.broker;

import dev.leasehold.broker.config.Configuration;
import dev.leasehold.broker.config.PolicyCase;
import dev.leasehold.broker.destination.CanonicalPath;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.policy.Action;
import dev.leasehold.broker.policy.Call;
import dev.leasehold.broker.policy.Consents;
import dev.leasehold.broker.policy.Engine;
import dev.leasehold.broker.policy.Explanation;
import dev.leasehold.broker.policy.Intent;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.policy.Signals;
import dev.leasehold.broker.policy.Signals.Window;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskKind;
import dev.leasehold.broker.task.TaskRequest;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.task.Tasks.Opening;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Tries what a configuration would say of a call, with the very classes that decide in a running
 * sidecar, policy engines included; nothing else is called and nothing leased.
 */
final class PolicyTrial {
  private final Configuration configuration;
  private final List<Engine> engines;

  /**
   * @param engines those of the configuration
   */
  PolicyTrial(Configuration configuration, List<Engine> engines) {
    this.configuration = configuration;
    this.engines = engines;
  }

  /**
   * @throws UsageException when the case names what the configuration does not have
   */
  Explanation run(PolicyCase of) throws UsageException {
    TaskKind kind = configuration.kinds().get(of.kind());
    if (kind == null) {
      throw new UsageException("there is no kind " + of.kind());
    }
    Instant at = of.at().orElseGet(Instant::now);
    InstantSource clock = InstantSource.fixed(at);
    Consents consents = (rule, facts) -> of.approved().contains(rule.place()) ? "approved" : null;
    Policy policy = configuration.policy(clock, consents, engines, signals(of));
    return switch (new Tasks(clock, () -> 0).open(kind, request(of))) {
      case Opening.Opened(Task task, var token) -> decide(policy, task, of);
      case Opening.Refused(String rule, String detail) ->
          Explanation.denied("tasks." + kind.name() + "." + rule, detail);
      case Opening.Full full -> throw new IllegalStateException("the only task");
      case Opening.ParentEnded ended -> throw new IllegalStateException("nobody delegates");
      case Opening.Locked locked -> throw new IllegalStateException("nothing locks it");
    };
  }

  private Signals signals(PolicyCase of) {
    return of.signals()
        .map(
            names ->
                new Signals(
                    names.stream()
                        .collect(Collectors.toMap(name -> name, on -> List.of(Window.ALWAYS)))))
        .orElse(configuration.signals());
  }

  private static TaskRequest request(PolicyCase of) {
    return new TaskRequest(
        of.purpose(),
        of.agent(),
        of.agentProof(),
        "trial",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        of.labels(),
        of.onBehalfOf());
  }

  private static Explanation decide(Policy policy, Task task, PolicyCase of) throws UsageException {
    if (of.action() == Action.OPEN_TASK) {
      return policy.explainOpening(task);
    }
    if (of.action() == Action.DELEGATION) {
      throw new UsageException("a case has no parent, so that no delegation can be tried");
    }
    String name =
        of.destination().orElseThrow(() -> new UsageException("a call needs a destination"));
    Destination destination =
        policy
            .destination(name)
            .orElseThrow(() -> new UsageException("there is no destination " + name));
    if (!(CanonicalPath.parse(of.path(), destination.encodedSlash())
        instanceof CanonicalPath.Result.Canonical(CanonicalPath path))) {
      throw new UsageException("the path is not canonical, and would be refused as ambiguous");
    }
    for (int i = 0; i <= of.calls(); i++) {
      task.enter(() -> {}, 0);
    }
    for (int i = 0; i < of.denials(); i++) {
      task.denied(0);
    }
    task.moved(of.bytes());
    Optional<Intent> intent = of.intent().flatMap(Intent::parse);
    if (of.intent().isPresent() && intent.isEmpty()) {
      throw new UsageException("the intent cannot be read");
    }
    return policy.explain(
        task,
        destination,
        new Call(
            destination.target().scheme(),
            destination.target().host(),
            destination.target().port(),
            of.action(),
            of.method(),
            path,
            intent));
  }
}
