package dev.leasehold.broker.delegation;

import dev.leasehold.broker.destination.Classification;
import dev.leasehold.broker.destination.PathPattern;
import dev.leasehold.broker.destination.Rule;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one sidecar says that a task of another may do on behalf of a task of its own. It names
 * places as everybody knows them, never by its own configuration's names.
 *
 * @param id of this grant; good once
 * @param issuer SPIFFE ID of the sidecar that says so
 * @param audience SPIFFE ID of the sidecar that it says so to
 * @param agent SPIFFE ID of the agent that may act
 * @param chain SPIFFE IDs from the first task's agent to the one that delegates
 * @param parent id of the task that delegates, at the issuer
 * @param root id of the task with which the chain begins
 * @param deepest how many delegations may have led to a task that comes of it or of those below
 * @param places where calls may go
 * @param issued when it was signed
 * @param ends when it, and what came of it, is over
 */
public record Grant(
    String id,
    String issuer,
    String audience,
    String agent,
    List<String> chain,
    String parent,
    String root,
    int deepest,
    List<Place> places,
    Limits limits,
    Map<String, String> labels,
    Optional<String> onBehalfOf,
    Instant issued,
    Instant ends) {
  /**
   * One place.
   *
   * @param vault where the credential is that is used there; empty: none is used
   * @param allow what may be called
   * @param deny wins over it
   */
  public record Place(
      String scheme,
      String host,
      int port,
      Optional<String> vault,
      List<Rule> allow,
      List<Rule> deny) {
    public Place {
      allow = List.copyOf(allow);
      deny = List.copyOf(deny);
    }
  }

  /**
   * What holds at every place; an empty field limits nothing.
   *
   * @param classification the most sensitive credential
   * @param calls how many
   */
  public record Limits(
      Optional<Set<String>> methods,
      Optional<List<PathPattern>> paths,
      Optional<Classification> classification,
      Optional<Long> calls) {}

  public Grant {
    chain = List.copyOf(chain);
    places = List.copyOf(places);
    labels = Map.copyOf(labels);
  }
}
