package dev.leasehold.broker.control;

import dev.leasehold.broker.delegation.Grant;
import dev.leasehold.broker.delegation.GrantRefused;
import dev.leasehold.broker.delegation.IssuedGrants;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.lease.Credential;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.task.ChildRequest;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.Tasks.Opening;
import dev.leasehold.broker.telemetry.JsonBytes;
import dev.leasehold.broker.telemetry.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Hands work to an agent behind another sidecar: a signed grant, for what a child of the task would
 * be, told in names that the other side knows.
 */
final class GrantTask {
  private final ControlNeeds needs;
  private final Admission admission;

  GrantTask(ControlNeeds needs, Admission admission) {
    this.needs = needs;
    this.admission = admission;
  }

  /** Blocks; belongs on a virtual thread. */
  Answer answer(ApiCall call) {
    Task task = TaskReads.visible(needs.tasks(), call);
    if (!(call.principal() instanceof Principal.TaskHolder(Task own, var peer)) || own != task) {
      throw Refused.forbidden("only a task's own token can hand its work on", "control", "");
    }
    GrantWish wish = GrantWish.parse(call.body());
    IssuedGrants grants =
        needs
            .delegation()
            .map(DelegationAccess::issued)
            .filter(known -> known.knows(wish.sidecar()))
            .orElseThrow(
                () ->
                    Refused.forbidden(
                        "that sidecar is none of the peers",
                        "delegation.peers",
                        "an operator must add it"));
    ControlRules rules = needs.rules().get();
    ChildRequest asked = bounded(wish.child(), task, grants.longest());
    Admission.Wish told = DelegateTask.told(asked, task, false);
    DelegateTask.checkDepth(task, told, rules.policy());
    asked = DelegateTask.bounded(asked, task, told, rules.policy(), needs.clock());
    Opening opening = needs.tasks().sketch(task, asked);
    if (!(opening instanceof Opening.Opened(Task child, var token))) {
      throw admission.refusal(opening, told);
    }
    Refused denied = admission.decide(child, rules.policy());
    if (denied != null) {
      throw told.refusal(denied);
    }
    return handed(issue(grants, task, child, wish.sidecar(), told, rules));
  }

  /** No longer than a grant may live, and with a bound of calls where the task itself has one. */
  private ChildRequest bounded(ChildRequest asked, Task task, Duration longest) {
    if (asked.ttl().filter(ttl -> ttl.compareTo(longest) > 0).isPresent()) {
      throw Refused.forbidden(
          "ttl is longer than a grant may live: " + longest, "delegation.longest", "ask for less");
    }
    Duration left = Duration.ofNanos(task.deadlineNanos() - needs.clock().nanos());
    ChildRequest bounded =
        asked.ttl().isEmpty() && left.compareTo(longest) > 0 ? asked.lasting(longest) : asked;
    Optional<Long> calls = task.callsLeft();
    return calls.isPresent() && asked.narrowing().calls().isEmpty()
        ? bounded.calling(calls.get())
        : bounded;
  }

  private IssuedGrants.Handed issue(
      IssuedGrants grants,
      Task task,
      Task child,
      String sidecar,
      Admission.Wish told,
      ControlRules rules) {
    List<Grant.Place> places = places(child, rules);
    if (places.isEmpty()) {
      throw told.refusal(
          Refused.forbidden(
              "nothing is left that could be called there",
              "tasks." + task.kind().name() + ".delegation",
              "databases and opaque tunnels are not handed to other sidecars"));
    }
    Optional<Long> calls = task.callsLeft().flatMap(left -> child.narrowing().calls());
    if (calls.isPresent() && (calls.get() == 0 || !task.reserve(calls.get()))) {
      throw told.refusal(
          new Refused(
              Problem.LIMIT_EXCEEDED, 429, "so many calls are not left", "delegation.calls", ""));
    }
    try {
      return grants
          .issue(task, child, sidecar, places)
          .orElseThrow(
              () ->
                  told.refusal(
                      new Refused(Problem.TASK_ENDED, "the task that would delegate has ended")));
    } catch (GrantRefused failure) {
      throw new Refused(Problem.IDENTITY_UNAVAILABLE, failure.why());
    }
  }

  private static List<Grant.Place> places(Task child, ControlRules rules) {
    List<Grant.Place> places = new ArrayList<>();
    Policy policy = rules.policy();
    for (String name : child.destinations()) {
      policy
          .destination(name)
          .filter(place -> place.isHttp() && !place.tunnel())
          .filter(place -> place.credential().map(of -> policy.mayUse(child, of)).orElse(true))
          .ifPresent(place -> places.add(place(place, rules)));
    }
    return places;
  }

  private static Grant.Place place(Destination destination, ControlRules rules) {
    return new Grant.Place(
        destination.target().scheme().word(),
        destination.target().host(),
        destination.target().port(),
        destination.credential().map(name -> vaultPath(rules.credentials().get(name))),
        destination.allow(),
        destination.deny());
  }

  /** Where a credential is in Vault; one that is not configured is nowhere. */
  static String vaultPath(@Nullable Credential credential) {
    return credential == null ? "" : credential.path().path();
  }

  private static Answer handed(IssuedGrants.Handed grant) {
    JsonBytes json = new JsonBytes(4096).beginObject();
    json.name("grant").text(grant.token());
    json.name("expires_at").text(grant.ends().toString());
    return Answer.json(201, json.endObject());
  }
}
