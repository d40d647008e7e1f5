package dev.leasehold.broker.task;

import dev.leasehold.broker.task.Tasks.Opening.Refused;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a child gets from its parent, and whether what is asked for it would be more than that. */
final class Heritage {
  private final Task parent;
  private final TaskKind kind;
  private final ChildRequest asked;
  private final Duration left;

  Heritage(Task parent, ChildRequest asked, long nowNanos) {
    this.parent = parent;
    this.kind = parent.kind();
    this.asked = asked;
    this.left = Duration.ofNanos(parent.deadlineNanos() - nowNanos);
  }

  /** The first rule that says no. */
  Optional<Refused> refusal() {
    Optional<Refused> agent = agentRefusal();
    return agent.isPresent() ? agent : widening();
  }

  private Optional<Refused> agentRefusal() {
    if (kind.delegation().isEmpty()) {
      return refused("delegation", "tasks of this kind may not delegate");
    }
    Delegation delegation = kind.delegation().get();
    if (!parent.isProven()) {
      return refused("agent-proof", "a task whose agent has not shown who it is may not delegate");
    }
    if (parent.depth() >= parent.deepest()) {
      return refused(
          "delegation.depth", "no more delegations may follow on each other: " + parent.deepest());
    }
    if (!delegation.permits(asked.agent())) {
      return refused("delegation.to", "tasks of this kind may not be delegated to that agent");
    }
    if (parent.chain().contains(asked.agent())) {
      return refused("delegation.to", "that agent is in the chain already");
    }
    return neededProof().isAtLeast(kind.weakestProofOfChild())
        ? Optional.empty()
        : refused("agent-proof", "the kind wants a better proof of who the child's agent is");
  }

  private Optional<Refused> widening() {
    if (!kind.purposes().isEmpty() && !kind.purposes().contains(asked.purpose())) {
      return refused("purposes", "the purpose is none of the kind's purposes");
    }
    if (asked.ttl().filter(ttl -> ttl.compareTo(left) > 0).isPresent()) {
      return widened("ttl");
    }
    if (asked.destinations().filter(to -> !parent.destinations().containsAll(to)).isPresent()) {
      return widened("destinations");
    }
    if (asked.onBehalfOf().isPresent()
        && parent.onBehalfOf().isPresent()
        && !asked.onBehalfOf().equals(parent.onBehalfOf())) {
      return widened("on_behalf_of");
    }
    for (Map.Entry<String, String> label : asked.labels().entrySet()) {
      if (!label
          .getValue()
          .equals(parent.labels().getOrDefault(label.getKey(), label.getValue()))) {
        return widened("labels");
      }
    }
    return asked.narrowing().widens(parent.narrowing()).flatMap(Heritage::widened);
  }

  private static Optional<Refused> widened(String field) {
    return refused("delegation", "'" + field + "' is more than the parent has");
  }

  private static Optional<Refused> refused(String rule, String detail) {
    return Optional.of(new Refused(rule, detail));
  }

  private AgentProof neededProof() {
    return asked.neededProof().orElse(AgentProof.SVID);
  }

  TaskRequest request() {
    Map<String, String> labels = new HashMap<>(parent.labels());
    labels.putAll(asked.labels());
    return new TaskRequest(
        asked.purpose(),
        asked.agent(),
        AgentProof.TOKEN,
        parent.owner(),
        Optional.empty(),
        asked.ttl(),
        asked.destinations(),
        labels,
        parent.onBehalfOf().or(asked::onBehalfOf));
  }

  Lineage lineage() {
    return Lineage.below(
        parent, asked.agent(), asked.narrowing().within(parent.narrowing()), neededProof());
  }

  List<String> destinations() {
    List<String> wanted = asked.destinations().orElse(parent.destinations());
    return parent.destinations().stream().filter(wanted::contains).toList();
  }

  Duration ttl() {
    return asked.ttl().orElse(left);
  }
}
