package dev.leasehold.broker.control;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Rule;
import dev.leasehold.broker.lease.LeaseView;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskId;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.telemetry.JsonBytes;
import java.util.Comparator;
import java.util.List;

/** Lists tasks and shows one: state, leases, counts, and why it may do what it may. */
final class TaskReads {
  private final ControlNeeds needs;

  TaskReads(ControlNeeds needs) {
    this.needs = needs;
  }

  /** The task that the path names, if the caller may see it. */
  static Task visible(Tasks tasks, ApiCall call) {
    return TaskId.parse(call.pathParameter())
        .flatMap(tasks::find)
        .filter(call.principal()::maySee)
        .orElseThrow(Refused::noSuchTask);
  }

  Answer list(ApiCall call) {
    Principal.Known caller = call.principal().requireCaller();
    List<Task> tasks =
        needs.tasks().all().stream()
            .filter(caller::maySee)
            .sorted(Comparator.comparing(Task::openedAt).thenComparing(task -> task.id().text()))
            .toList();
    JsonBytes json = new JsonBytes(512);
    json.beginObject().name("tasks").beginArray();
    for (Task task : tasks) {
      json.beginObject();
      summary(json, task);
      json.endObject();
    }
    json.endArray().endObject();
    return Answer.json(200, json);
  }

  Answer show(ApiCall call) {
    Task task = visible(needs.tasks(), call);
    JsonBytes json = new JsonBytes(2048);
    json.beginObject();
    summary(json, task);
    json.name("agent_proof").text(task.agentProof().word());
    lineage(json, task);
    json.name("children").beginArray();
    task.children().forEach(child -> json.text(child.id().text()));
    json.endArray();
    json.name("labels").beginObject();
    task.labels().forEach((name, label) -> json.name(name).text(label));
    json.endObject();
    task.onBehalfOf().ifPresent(who -> json.name("on_behalf_of").text(who));
    json.name("calls").number(task.calls());
    json.name("denials").number(task.denials());
    json.name("open_calls").number(task.openCalls());
    json.name("leases").beginArray();
    needs.leases().views(task).forEach(lease -> lease(json, lease));
    json.endArray();
    json.name("may").beginArray();
    Policy policy = needs.rules().get().policy();
    for (String name : task.destinations()) {
      policy.destination(name).ifPresent(destination -> may(json, task, destination));
    }
    json.endArray();
    if (!task.isActive()) {
      needs
          .ends()
          .report(task.id())
          .ifPresent(
              report -> {
                json.name("report");
                ReportJson.write(json, report);
              });
    }
    json.endObject();
    return Answer.json(200, json);
  }

  /** From whom a task has what it may; nothing where a caller opened it. */
  static void lineage(JsonBytes json, Task task) {
    if (task.depth() == 0) {
      return;
    }
    json.name("parent").text(task.parentId());
    json.name("root_task").text(task.rootId());
    json.name("chain").beginArray();
    task.chain().forEach(json::text);
    json.endArray();
    json.name("narrowed").text(task.narrowing().toString());
    json.name("agent_proof_needed").text(task.neededProof().word());
    task.origin()
        .ifPresent(
            origin -> {
              json.name("granted_by").text(origin.sidecar());
              json.name("grant").text(origin.grant());
            });
  }

  static void summary(JsonBytes json, Task task) {
    json.name("id").text(task.id().text());
    json.name("kind").text(task.kind().name());
    json.name("state").text(task.state().word());
    json.name("purpose").text(task.purpose());
    json.name("agent").text(task.agent());
    json.name("owner").text(task.owner());
    json.name("opened_at").text(task.openedAt().toString());
    json.name("expires_at").text(task.expiresAt().toString());
    task.end()
        .ifPresent(
            end -> {
              json.name("signal").text(end.signal().word());
              json.name("reason").text(end.reason());
              json.name("signalled_at").text(end.at().toString());
            });
  }

  static void lease(JsonBytes json, LeaseView lease) {
    json.beginObject();
    json.name("credential").text(lease.credential());
    json.name("revocability").text(lease.revocability().word());
    json.name("owner").text(lease.owner());
    json.name("classification").text(lease.classification());
    json.name("lease").text(lease.digest());
    json.name("state").text(lease.state().word());
    json.name("issued_at").text(lease.issuedAt().toString());
    lease.expiresAt().ifPresent(at -> json.name("expires_at").text(at.toString()));
    json.endObject();
  }

  /** One destination with what allows and denies calls to it, by the rules in force now. */
  static void may(JsonBytes json, Task task, Destination destination) {
    json.beginObject();
    mayFields(json, task, destination);
    json.endObject();
  }

  static void mayFields(JsonBytes json, Task task, Destination destination) {
    json.name("destination").text(destination.name());
    json.name("target").text(destination.target().toString());
    json.name("by").text("tasks." + task.kind().name() + ".destinations");
    destination.environment().ifPresent(name -> json.name("environment").text(name));
    destination.credential().ifPresent(name -> json.name("credential").text(name));
    rules(json, "allow", destination.allow());
    rules(json, "deny", destination.deny());
  }

  private static void rules(JsonBytes json, String field, List<Rule> rules) {
    json.name(field).beginArray();
    for (Rule rule : rules) {
      json.beginObject();
      json.name("rule").text(rule.name());
      json.name("methods").beginArray();
      rule.methods().stream().sorted().forEach(json::text);
      json.endArray();
      json.name("paths").beginArray();
      rule.paths().forEach(path -> json.text(path.toString()));
      json.endArray();
      json.endObject();
    }
    json.endArray();
  }
}
