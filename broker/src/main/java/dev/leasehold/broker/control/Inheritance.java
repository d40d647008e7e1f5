package dev.leasehold.broker.control;

import dev.leasehold.broker.delegation.Grant;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.task.Bequest;
import dev.leasehold.broker.task.Narrowing;
import dev.leasehold.broker.task.Origin;
import dev.leasehold.broker.task.TaskKind;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What a grant of another sidecar means here: its places in the names of this configuration. */
final class Inheritance {
  private Inheritance() {}

  static Bequest of(Grant grant, TaskKind kind, ControlRules rules, Instant now) {
    Map<String, Narrowing.Place> places = new HashMap<>();
    for (String name : kind.destinations()) {
      rules
          .policy()
          .destination(name)
          .flatMap(destination -> covering(grant, destination, rules))
          .ifPresent(place -> places.put(name, new Narrowing.Place(place.allow(), place.deny())));
    }
    Grant.Limits limits = grant.limits();
    return new Bequest(
        new Origin(grant.issuer(), grant.id(), grant.parent(), grant.root()),
        grant.chain(),
        grant.deepest(),
        places.keySet(),
        new Narrowing(
            limits.methods(),
            limits.paths(),
            Optional.empty(),
            limits.classification(),
            Optional.of(places),
            limits.calls()),
        grant.labels(),
        grant.onBehalfOf(),
        Duration.between(now, grant.ends()));
  }

  /** The same origin, with the same secret of Vault or with none. */
  private static Optional<Grant.Place> covering(
      Grant grant, Destination destination, ControlRules rules) {
    Optional<String> vault =
        destination.credential().map(name -> GrantTask.vaultPath(rules.credentials().get(name)));
    return grant.places().stream()
        .filter(
            place ->
                place.scheme().equals(destination.target().scheme().word())
                    && place.host().equals(destination.target().host())
                    && place.port() == destination.target().port()
                    && place.vault().equals(vault))
        .findFirst();
  }
}
