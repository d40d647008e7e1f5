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
import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.Autonomy;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskToken;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * From a task that exists to the answer that hands out its token: the policy is asked, the opening
 * is written to the audit log, local addresses are opened, and only then does anybody learn the
 * token. What goes wrong on the way ends the task.
 */
final class Admission {
  /**
   * Who wants what, as the audit log tells it when nothing comes of it.
   *
   * @param parent the task that is to delegate; empty where a caller asks
   * @param ttl as it was asked for
   * @param endpoints names of destinations, or {@code proxy}
   * @param hold whether the task ends when the caller's connection closes
   */
  record Wish(
      Optional<Task> parent,
      Optional<Duration> ttl,
      String kind,
      String agent,
      AgentProof proof,
      String purpose,
      List<String> endpoints,
      boolean hold) {

    Refused refusal(Refused refused) {
      return refused.writtenAs(
          new TaskEvent.Refused(
              parent, kind, agent, proof, purpose, refused.problem(), refused.rule()));
    }
  }

  private final ControlNeeds needs;
  private final IdempotencyKeys keys;
  private final AgentEnvironment environment;

  Admission(ControlNeeds needs, IdempotencyKeys keys) {
    this.needs = needs;
    this.keys = keys;
    this.environment = new AgentEnvironment(needs.proxy(), needs.runtimeDir());
  }

  /** Opens by {@code opening}, once for each idempotency key of the caller. */
  Answer once(ApiCall call, Supplier<IdempotencyKeys.Opened> opening) {
    Optional<String> key = call.header("Idempotency-Key");
    if (key.isPresent()) {
      return keys.open(call.principal().name(), key.get(), call.body(), opening);
    }
    IdempotencyKeys.Opened opened = opening.get();
    // Nobody else knows the token: if it does not arrive, the task is of no use to anybody.
    call.whenUndelivered(
        () -> needs.ends().end(opened.task(), Signal.CLOSED, "the answer was not delivered"));
    return opened.answer();
  }

  /** Blocks as long as a rule has a human asked. */
  IdempotencyKeys.Opened admit(Opening opening, Wish wish, ApiCall call, Policy policy) {
    if (opening instanceof Opening.Opened(Task task, TaskToken token)) {
      return admit(task, token, wish, call, policy);
    }
    throw refusal(opening, wish);
  }

  /** Why nothing was opened. */
  Refused refusal(Opening opening, Wish wish) {
    return switch (opening) {
      case Opening.Opened opened -> throw new IllegalStateException("it was opened");
      case Opening.Refused(String rule, String detail) ->
          wish.refusal(Refused.forbidden(detail, place(wish, rule), ""));
      case Opening.Full(String rule, String detail) ->
          wish.refusal(
              new Refused(
                  Problem.LIMIT_EXCEEDED,
                  429,
                  detail,
                  place(wish, rule),
                  "end a task of this kind first"));
      case Opening.ParentEnded() ->
          wish.refusal(new Refused(Problem.TASK_ENDED, "the task that would delegate has ended"));
      case Opening.Locked(String reason) ->
          wish.refusal(
              new Refused(
                  Problem.LOCKED,
                  Problem.LOCKED.status(),
                  "opening is locked by revoke-all: " + reason,
                  "",
                  "an operator releases it with leasehold unlock"));
    };
  }

  static Refused tooLong(Autonomy level) {
    return Refused.forbidden(
        "ttl is longer than the level of autonomy permits: " + level.longestTask(),
        "autonomy." + level.word() + ".longest-task",
        "ask for less, or leave ttl out");
  }

  private static String place(Wish wish, String rule) {
    return "tasks." + wish.kind() + "." + rule;
  }

  private IdempotencyKeys.Opened admit(
      Task task, TaskToken token, Wish wish, ApiCall call, Policy policy) {
    boolean handedOut = false;
    try {
      Refused refusal = decide(task, policy);
      if (refusal != null) {
        throw wish.refusal(refusal);
      }
      Map<String, String> endpoints = takeIntoCare(task, wish.endpoints());
      if (task.parent().filter(parent -> !parent.isActive()).isPresent()) {
        throw refusal(new Opening.ParentEnded(), wish);
      }
      Answer answer = answer(task, token.reveal(), endpoints, policy, call.control());
      if (wish.hold()) {
        call.hold(task);
      }
      handedOut = true;
      return new IdempotencyKeys.Opened(task, answer);
    } finally {
      if (!handedOut) {
        needs.ends().end(task, Signal.FAILED, "the task could not be opened");
      }
    }
  }

  /** A task that could do nothing is not opened: its opener learns at once what is missing. */
  void checkReady(List<String> destinations, Policy policy) {
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
  @Nullable Refused decide(Task task, Policy policy) {
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
