package dev.leasehold.broker.control;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.lease.Credential;
import dev.leasehold.broker.lease.LeaseView;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.JsonBytes;
import java.util.List;
import java.util.Map;

/**
 * Who can act as what, now, until when, by which rule, whose. For operators: open tasks with the
 * credentials that they may use and the leases that they hold, ended ones that are not proven dead,
 * who may open what, and the secrets that no lease bounds.
 */
final class AccessView {
  private final ControlNeeds needs;

  AccessView(ControlNeeds needs) {
    this.needs = needs;
  }

  /**
   * @param callers those in force
   */
  Answer answer(ApiCall call, List<Caller> callers) {
    call.principal().requireOperate();
    ControlRules rules = needs.rules().get();
    JsonBytes json = new JsonBytes(4096);
    json.beginObject();
    json.name("policy_version").text(rules.policy().version());
    json.name("locked").bool(needs.tasks().locked().isPresent());
    json.name("access").beginArray();
    needs.tasks().open().forEach(task -> access(json, task, rules));
    json.endArray();
    json.name("callers").beginArray();
    callers.forEach(caller -> caller(json, caller));
    json.endArray();
    json.name("static_exceptions").beginArray();
    rules.credentials().values().forEach(credential -> exception(json, credential));
    json.endArray();
    json.endObject();
    return Answer.json(200, json);
  }

  private void access(JsonBytes json, Task task, ControlRules rules) {
    List<LeaseView> leases = needs.leases().views(task);
    json.beginObject();
    json.name("task").text(task.id().text());
    json.name("kind").text(task.kind().name());
    json.name("state").text(task.state().word());
    json.name("agent").text(task.agent());
    json.name("agent_proof").text(task.agentProof().word());
    TaskReads.lineage(json, task);
    json.name("owner").text(task.owner());
    task.onBehalfOf().ifPresent(who -> json.name("on_behalf_of").text(who));
    json.name("purpose").text(task.purpose());
    json.name("until").text(task.expiresAt().toString());
    json.name("may").beginArray();
    if (task.isActive()) {
      for (String name : task.destinations()) {
        rules
            .policy()
            .destination(name)
            .ifPresent(destination -> may(json, task, destination, rules.credentials()));
      }
    }
    json.endArray();
    json.name("leases").beginArray();
    leases.forEach(lease -> TaskReads.lease(json, lease));
    json.endArray();
    json.endObject();
  }

  private static void may(
      JsonBytes json, Task task, Destination destination, Map<String, Credential> credentials) {
    json.beginObject();
    TaskReads.mayFields(json, task, destination);
    destination
        .credential()
        .map(credentials::get)
        .ifPresent(
            credential -> {
              json.name("revocability").text(credential.revocability().word());
              json.name("credential_owner").text(credential.owner());
              json.name("classification").text(credential.classification());
            });
    json.endObject();
  }

  private static void caller(JsonBytes json, Caller caller) {
    json.beginObject();
    json.name("caller").text(caller.owner());
    caller.agent().ifPresent(agent -> json.name("agent").text(agent));
    json.name("may").beginArray();
    caller.may().stream().sorted().forEach(right -> json.text(right.word()));
    json.endArray();
    json.name("kinds").beginArray();
    caller.kinds().stream().sorted().forEach(json::text);
    json.endArray();
    json.endObject();
  }

  private static void exception(JsonBytes json, Credential credential) {
    credential
        .exception()
        .ifPresent(
            exception -> {
              json.beginObject();
              json.name("credential").text(credential.name());
              json.name("owner").text(credential.owner());
              json.name("reason").text(exception.reason());
              json.name("until").text(exception.until().toString());
              json.endObject();
            });
  }
}
