package dev.leasehold.broker.task;

import dev.leasehold.broker.task.Tasks.Opening.Refused;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What of a kind a task gets that was delegated beyond this sidecar: never more than either says.
 */
final class Acceptance {
  private final TaskKind kind;
  private final TaskRequest asked;
  private final Bequest bequest;
  private final Duration longest;

  Acceptance(TaskKind kind, TaskRequest asked, Bequest bequest) {
    this.kind = kind;
    this.asked = asked;
    this.bequest = bequest;
    this.longest = bequest.left().compareTo(kind.ttl()) < 0 ? bequest.left() : kind.ttl();
  }

  /** The first rule that says no. */
  Optional<Refused> refusal() {
    if (!kind.accepts(bequest.origin().sidecar())) {
      return refused("delegation.from", "this kind takes no grants of that sidecar");
    }
    if (!kind.agents().contains(asked.agent())) {
      return refused("agents", "this agent may not have tasks of this kind");
    }
    if (bequest.chain().contains(asked.agent())) {
      return refused("delegation", "that agent is in the chain already");
    }
    if (bequest.chain().size() > bequest.deepest()) {
      return refused("delegation.depth", "the grant permits no delegation as deep as this");
    }
    if (!kind.purposes().isEmpty() && !kind.purposes().contains(asked.purpose())) {
      return refused("purposes", "the purpose is none of the kind's purposes");
    }
    if (!longest.isPositive()
        || asked.ttl().filter(ttl -> ttl.compareTo(longest) > 0).isPresent()) {
      return refused("delegation", "'ttl' is longer than the kind or the grant permits");
    }
    if (destinations().isEmpty()
        || asked.destinations().filter(to -> !destinations().containsAll(to)).isPresent()) {
      return refused(
          "delegation", "a destination is none of the kind's, or the grant does not cover it");
    }
    return asserted();
  }

  private Optional<Refused> asserted() {
    if (asked.onBehalfOf().isPresent()
        && bequest.onBehalfOf().isPresent()
        && !asked.onBehalfOf().equals(bequest.onBehalfOf())) {
      return refused("delegation", "'on_behalf_of' is another than the grant's");
    }
    for (Map.Entry<String, String> label : asked.labels().entrySet()) {
      String granted = bequest.labels().getOrDefault(label.getKey(), label.getValue());
      if (!label.getValue().equals(granted)) {
        return refused("delegation", "'labels' has another value than the grant");
      }
    }
    return Optional.empty();
  }

  private static Optional<Refused> refused(String rule, String detail) {
    return Optional.of(new Refused(rule, detail));
  }

  TaskRequest request() {
    Map<String, String> labels = new HashMap<>(bequest.labels());
    labels.putAll(asked.labels());
    return new TaskRequest(
        asked.purpose(),
        asked.agent(),
        asked.agentProof(),
        asked.owner(),
        asked.uid(),
        asked.ttl(),
        asked.destinations(),
        labels,
        bequest.onBehalfOf().or(asked::onBehalfOf));
  }

  Lineage lineage() {
    return Lineage.from(bequest, asked.agent(), kind.weakestProofOfChild());
  }

  List<String> destinations() {
    return kind.destinations().stream()
        .filter(bequest.destinations()::contains)
        .filter(name -> asked.destinations().map(wanted -> wanted.contains(name)).orElse(true))
        .toList();
  }

  Duration ttl() {
    return asked.ttl().orElse(longest);
  }
}
