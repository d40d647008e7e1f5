package dev.leasehold.suite.clients;

import dev.leasehold.suite.clients.Upstream.Arrival;
import dev.leasehold.testbed.sidecar.Ran;
import dev.leasehold.testbed.target.BasicLogin;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What one run of a client printed, and what reached the upstream meanwhile. */
record Outcome(Ran ran, Map<String, Said> said, List<Arrival> arrivals) {

  /** What is wrong with how the client did it; empty for nothing. */
  Optional<String> fault(Exercise exercise, Bodies bodies) {
    return exercise.fault(said.getOrDefault(exercise.word(), Said.NOTHING), arrivals, bodies);
  }

  /** The same for what is the client's own. */
  Optional<String> fault(Client client) {
    Said own = said.getOrDefault("own", Said.NOTHING);
    boolean arrived = arrivals.stream().anyMatch(one -> one.route().equals(client.route()));
    boolean isRight = own.status() == 200 && own.saw().equals(Bodies.GREETING);
    return arrived && isRight ? Optional.empty() : Optional.of(own + " of " + arrivals);
  }

  /** What its calls were made with. */
  Set<BasicLogin> logins() {
    return arrivals.stream()
        .flatMap(arrival -> arrival.login().stream())
        .collect(Collectors.toSet());
  }

  /** All that the client printed. */
  String printed() {
    return ran.out() + ran.err();
  }
}
