package dev.leasehold.broker.control;

import dev.leasehold.broker.delegation.Grant;
import dev.leasehold.broker.delegation.GrantRefused;
import dev.leasehold.broker.delegation.TakenGrants;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.task.Autonomy;
import dev.leasehold.broker.task.Bequest;
import dev.leasehold.broker.task.Endpoints;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.TaskKind;
import dev.leasehold.broker.task.TaskRequest;
import dev.leasehold.broker.telemetry.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Opens a task: who asks and for what is checked, the opening is written to the audit log, local
 * addresses are opened, and only then does anybody learn the token. What goes wrong after the task
 * exists ends it.
 */
final class OpenTask {
  private final ControlNeeds needs;
  private final Admission admission;

  OpenTask(ControlNeeds needs, Admission admission) {
    this.needs = needs;
    this.admission = admission;
  }

  /** Blocks; belongs on a virtual thread. */
  Answer answer(ApiCall call) {
    Principal.Known opener = call.principal().requireCaller();
    return admission.once(call, () -> open(call, opener));
  }

  private IdempotencyKeys.Opened open(ApiCall call, Principal.Known opener) {
    OpenRequest request = OpenRequest.parse(call.body());
    if (request.hold()) {
      call.requireStayingConnection();
    }
    ControlRules rules = needs.rules().get();
    TaskKind kind = kind(opener.caller(), request.kind(), rules);
    List<String> destinations = request.destinations().orElse(kind.destinations());
    checkEndpoints(request.endpoints(), opener, destinations, rules.policy());
    admission.checkReady(destinations, rules.policy());
    Admission.Wish wish = wish(request, opener.caller());
    Optional<Duration> ttl = ttl(request, wish, kind, rules.policy());
    TaskRequest asked = taskRequest(request, ttl, opener);
    return request.grant().isPresent()
        ? inherit(request.grant().get(), kind, asked, wish, call)
        : admission.admit(needs.tasks().open(kind, asked), wish, call, rules.policy());
  }

  /** Opens what a task beside another sidecar left to one of here. */
  private IdempotencyKeys.Opened inherit(
      String token, TaskKind kind, TaskRequest asked, Admission.Wish wish, ApiCall call) {
    TakenGrants grants =
        needs
            .delegation()
            .map(DelegationAccess::taken)
            .orElseThrow(
                () ->
                    wish.refusal(
                        refused("this sidecar takes no grants", "an operator must add the peer")));
    Grant grant = null;
    boolean used = false;
    try {
      grant = grants.take(token);
      if (!grant.agent().equals(asked.agent())) {
        throw wish.refusal(refused("the grant is for another agent", ""));
      }
      ControlRules rules = needs.rules().get();
      Bequest bequest = Inheritance.of(grant, kind, rules, Instant.now());
      Optional<Duration> ttl = asked.ttl().filter(life -> life.compareTo(bequest.left()) <= 0);
      boolean narrowed = asked.ttl().isPresent() && ttl.isEmpty();
      TaskRequest within = narrowed && wish.ttl().isEmpty() ? asked.lasting(ttl) : asked;
      IdempotencyKeys.Opened opened =
          admission.admit(needs.tasks().accept(kind, within, bequest), wish, call, rules.policy());
      used = true;
      needs.metrics().grant("taken");
      if (!grants.openedAs(grant, opened.task())) {
        needs.ends().end(opened.task(), Signal.PARENT, "the task that delegated it has ended");
        throw new Refused(Problem.TASK_ENDED, "the task that granted this has ended");
      }
      return opened;
    } catch (GrantRefused refused) {
      throw wish.refusal(refused("the grant is not taken: " + refused.why(), "ask for another"));
    } finally {
      if (!used) {
        needs.metrics().grant("refused");
        if (grant != null) {
          grants.giveBack(grant);
        }
      }
    }
  }

  private static Refused refused(String detail, String hint) {
    return new Refused(
        Problem.GRANT_REFUSED, Problem.GRANT_REFUSED.status(), detail, "delegation.peers", hint);
  }

  private static Admission.Wish wish(OpenRequest request, Caller caller) {
    return new Admission.Wish(
        Optional.empty(),
        request.ttl(),
        request.kind(),
        caller.agent().orElseThrow(),
        caller.agentProof(),
        request.purpose(),
        request.endpoints(),
        request.hold());
  }

  private static TaskKind kind(Caller caller, String name, ControlRules rules) {
    if (caller.agent().isEmpty()) {
      throw Refused.forbidden(
          "this caller's entry names no agent whose task this could be",
          "control.callers",
          "add agent to the entry");
    }
    TaskKind kind = rules.kinds().get(name);
    if (!caller.mayOpen(name)) {
      throw Refused.forbidden("this caller may not open tasks of that kind", "control.callers", "");
    }
    if (kind == null) {
      throw Refused.invalid("'kind' is no kind of task that is configured");
    }
    return kind;
  }

  private static void checkEndpoints(
      List<String> endpoints, Principal.Known opener, List<String> destinations, Policy policy) {
    if (!endpoints.isEmpty() && opener.uid().isEmpty()) {
      throw new Refused(
          Problem.INVALID_REQUEST,
          Problem.INVALID_REQUEST.status(),
          "'endpoints' is for callers that are known by their uid: an address of a task serves the"
              + " uid of its opener and nobody else, and a token tells none",
          "control.callers",
          "open the task over control.socket, or use the proxy, which takes the task's id and"
              + " token");
    }
    for (String name : endpoints) {
      if (name.equals(Endpoints.PROXY)) {
        continue;
      }
      if (!destinations.contains(name)) {
        throw Refused.invalid(
            "a name in 'endpoints' is neither 'proxy' nor a destination of this task");
      }
      if (!policy.destination(name).map(Destination::isHttp).orElse(false)) {
        throw Refused.invalid(
            "a name in 'endpoints' is a database; those are not served by this version");
      }
    }
  }

  /** No longer than the level of autonomy lets a task live; empty: the kind's. */
  private static Optional<Duration> ttl(
      OpenRequest request, Admission.Wish wish, TaskKind kind, Policy policy) {
    Optional<Autonomy> level = policy.autonomy(wish.agent(), kind);
    Optional<Duration> longest = level.map(Autonomy::longestTask);
    if (longest.isEmpty() || longest.get().compareTo(request.ttl().orElse(kind.ttl())) >= 0) {
      return request.ttl();
    }
    if (request.ttl().isEmpty()) {
      return longest;
    }
    throw wish.refusal(Admission.tooLong(level.get()));
  }

  private static TaskRequest taskRequest(
      OpenRequest request, Optional<Duration> ttl, Principal.Known opener) {
    Caller caller = opener.caller();
    return new TaskRequest(
        request.purpose(),
        caller.agent().orElseThrow(),
        caller.agentProof(),
        caller.owner(),
        opener.uid(),
        ttl,
        request.destinations(),
        request.labels(),
        request.onBehalfOf());
  }
}
