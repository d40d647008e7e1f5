package dev.leasehold.broker.control;

import dev.leasehold.broker.approval.Approval;
import dev.leasehold.broker.approval.Approvals;
import dev.leasehold.broker.approval.Approvals.Asked;
import dev.leasehold.broker.approval.Shown;
import dev.leasehold.broker.audit.TaskEvent;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.policy.Denial;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.policy.Ticket;
import dev.leasehold.broker.task.Autonomy;
import dev.leasehold.broker.task.Endpoints;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskKind;
import dev.leasehold.broker.task.TaskRequest;
import dev.leasehold.broker.task.Tasks.Opening;
import dev.leasehold.broker.telemetry.JsonBytes;
import dev.leasehold.broker.telemetry.Problem;
import dev.leasehold.broker.telemetry.Readiness;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Opens a task: who asks and for what is checked, the opening is written to the audit log, local
 * addresses are opened, and only then does anybody learn the token. What goes wrong after the task
 * exists ends it.
 */
final class OpenTask {
  private final ControlNeeds needs;
  private final IdempotencyKeys keys;
  private final AgentEnvironment environment;

  OpenTask(ControlNeeds needs, IdempotencyKeys keys) {
    this.needs = needs;
    this.keys = keys;
    this.environment = new AgentEnvironment(needs.proxy(), needs.runtimeDir());
  }

  /** Blocks; belongs on a virtual thread. */
  Answer answer(ApiCall call) {
    Principal.Known opener = call.principal().requireCaller();
    Optional<String> key = call.header("Idempotency-Key");
    if (key.isPresent()) {
      return keys.open(opener.name(), key.get(), call.body(), () -> open(call, opener));
    }
    IdempotencyKeys.Opened opened = open(call, opener);
    // Nobody else knows the token: if it does not arrive, the task is of no use to anybody.
    call.whenUndelivered(
        () -> needs.ends().end(opened.task(), Signal.CLOSED, "the answer was not delivered"));
    return opened.answer();
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
    checkReady(destinations, rules.policy());
    Optional<Duration> ttl = ttl(request, opener, kind, rules.policy());
    return switch (needs.tasks().open(kind, taskRequest(request, ttl, opener))) {
      case Opening.Opened(Task task, var token) -> {
        boolean handedOut = false;
        try {
          Refused refusal = decide(task, rules.policy());
          if (refusal != null) {
            throw written(refusal, request, opener);
          }
          Map<String, String> endpoints = takeIntoCare(task, request.endpoints());
          Answer answer = answer(task, token.reveal(), endpoints, rules.policy(), call.control());
          if (request.hold()) {
            call.hold(task);
          }
          handedOut = true;
          yield new IdempotencyKeys.Opened(task, answer);
        } finally {
          if (!handedOut) {
            needs.ends().end(task, Signal.FAILED, "the task could not be opened");
          }
        }
      }
      case Opening.Refused(String rule, String detail) ->
          throw written(
              Refused.forbidden(detail, "tasks." + kind.name() + "." + rule, ""), request, opener);
      case Opening.Full(String detail) ->
          throw written(
              new Refused(
                  Problem.LIMIT_EXCEEDED,
                  429,
                  detail,
                  "tasks." + kind.name() + ".max-open",
                  "end a task of this kind first"),
              request,
              opener);
      case Opening.Locked(String reason) ->
          throw written(
              new Refused(
                  Problem.LOCKED,
                  Problem.LOCKED.status(),
                  "opening is locked by revoke-all: " + reason,
                  "",
                  "an operator releases it with leasehold unlock"),
              request,
              opener);
    };
  }

  private static Refused written(Refused refused, OpenRequest request, Principal.Known opener) {
    Caller caller = opener.caller();
    return refused.writtenAs(
        new TaskEvent.Refused(
            request.kind(),
            caller.agent().orElseThrow(),
            caller.agentProof(),
            request.purpose(),
            refused.problem(),
            refused.rule()));
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

  /** A task that could do nothing is not opened: its opener learns at once what is missing. */
  private void checkReady(List<String> destinations, Policy policy) {
    boolean needsSecrets =
        destinations.stream()
            .anyMatch(
                name -> policy.destination(name).flatMap(Destination::credential).isPresent());
    for (Readiness.Check check : needs.readiness().ask()) {
      Problem problem =
          switch (check.name()) {
            case "audit" -> Problem.AUDIT_UNAVAILABLE;
            case "identity" -> needsSecrets ? Problem.IDENTITY_UNAVAILABLE : null;
            case "vault", "journal" -> needsSecrets ? Problem.VAULT_UNAVAILABLE : null;
            default -> null;
          };
      if (problem != null && check.reason().isPresent()) {
        throw new Refused(problem, check.reason().get());
      }
    }
  }

  /** Null when the task may be opened; blocks as long as a rule has a human asked. */
  private @Nullable Refused decide(Task task, Policy policy) {
    List<Ticket> tickets = new ArrayList<>();
    Denial denial = policy.opening(task, List.copyOf(tickets));
    while (denial != null) {
      Refused refusal = ask(denial, tickets);
      if (refusal != null) {
        return refusal;
      }
      denial = policy.opening(task, List.copyOf(tickets));
    }
    return null;
  }

  /** Null when a human has agreed, whose ticket is then among {@code tickets}. */
  private @Nullable Refused ask(Denial denial, List<Ticket> tickets) {
    if (denial.asks().isEmpty() || needs.approvals().isEmpty()) {
      return refused(denial);
    }
    Approvals approvals = needs.approvals().get().approvals();
    Denial.Asks asks = denial.asks().get();
    return switch (approvals.ask(asks.rule(), Shown.of(asks.facts()))) {
      case Asked.Pending(Approval approval) -> {
        try {
          approval
              .answer()
              .toCompletableFuture()
              .get(approval.asking().held().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException unanswered) {
          yield refused(denial);
        } catch (InterruptedException stopping) {
          Thread.currentThread().interrupt();
          yield refused(denial);
        }
        Optional<Ticket> ticket = approvals.redeem(approval);
        ticket.ifPresent(tickets::add);
        yield ticket.isPresent() ? null : refused(denial);
      }
      case Asked.Approved(Ticket ticket) -> {
        tickets.add(ticket);
        yield null;
      }
      case Asked.Denied denied -> refused(denial);
      case Asked.TooOften(String detail) ->
          new Refused(Problem.LIMIT_EXCEEDED, 429, detail, denial.rule(), "");
    };
  }

  private static Refused refused(Denial denial) {
    Problem problem =
        denial.reason() == Denial.Reason.APPROVAL_REQUIRED
            ? Problem.APPROVAL_REQUIRED
            : Problem.RULE_DENIED;
    return new Refused(problem, problem.status(), denial.detail(), denial.rule(), denial.hint());
  }

  /** No longer than the level of autonomy lets a task live; empty: the kind's. */
  private static Optional<Duration> ttl(
      OpenRequest request, Principal.Known opener, TaskKind kind, Policy policy) {
    Optional<Autonomy> level = policy.autonomy(opener.caller().agent().orElseThrow(), kind);
    Optional<Duration> longest = level.map(Autonomy::longestTask);
    if (longest.isEmpty() || longest.get().compareTo(request.ttl().orElse(kind.ttl())) >= 0) {
      return request.ttl();
    }
    if (request.ttl().isEmpty()) {
      return longest;
    }
    throw written(
        Refused.forbidden(
            "ttl is longer than the level of autonomy permits: " + longest.get(),
            "autonomy." + level.get().word() + ".longest-task",
            "ask for less, or leave ttl out"),
        request,
        opener);
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

  private Map<String, String> takeIntoCare(Task task, List<String> endpoints) {
    try {
      needs.ends().watch(task);
    } catch (IOException unwritten) {
      throw new Refused(Problem.AUDIT_UNAVAILABLE, "the opening could not be written down");
    }
    if (endpoints.isEmpty()) {
      return Map.of();
    }
    try {
      return needs.endpoints().open(task, endpoints);
    } catch (IOException none) {
      throw new Refused(Problem.OVERLOADED, "a local address for the task could not be had");
    }
  }

  private Answer answer(
      Task task, String token, Map<String, String> endpoints, Policy policy, String control) {
    JsonBytes json = new JsonBytes(4096);
    json.beginObject();
    json.name("id").text(task.id().text());
    json.name("kind").text(task.kind().name());
    json.name("state").text(task.state().word());
    json.name("expires_at").text(task.expiresAt().toString());
    json.name("token").text(token);
    json.name("proxy").beginObject();
    environment.proxyUrl(task, token).ifPresent(url -> json.name("url").text(url));
    environment.ca().ifPresent(ca -> json.name("ca").text(ca.toString()));
    json.endObject();
    json.name("env");
    texts(json, environment.variables(task, token, control, endpoints, policy));
    json.name("endpoints");
    texts(json, endpoints);
    json.endObject();
    return Answer.json(201, Map.of("Location", "/v1/tasks/" + task.id()), json.toByteArray());
  }

  private static void texts(JsonBytes json, Map<String, String> texts) {
    json.beginObject();
    texts.forEach((name, text) -> json.name(name).text(text));
    json.endObject();
  }
}
