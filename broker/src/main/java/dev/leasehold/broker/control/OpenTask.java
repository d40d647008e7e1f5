package dev.leasehold.broker.control;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.task.Autonomy;
import dev.leasehold.broker.task.Endpoints;
import dev.leasehold.broker.task.TaskKind;
import dev.leasehold.broker.task.TaskRequest;
import dev.leasehold.broker.telemetry.Problem;
import java.time.Duration;
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
    return admission.admit(
        needs.tasks().open(kind, taskRequest(request, ttl, opener)), wish, call, rules.policy());
  }

  private static Admission.Wish wish(OpenRequest request, Caller caller) {
    return new Admission.Wish(
        Optional.empty(),
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
