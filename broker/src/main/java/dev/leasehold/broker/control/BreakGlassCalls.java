package dev.leasehold.broker.control;

import dev.leasehold.broker.approval.Approver;
import dev.leasehold.broker.approval.BreakGlass;
import dev.leasehold.broker.approval.BreakGlass.Answer.Done;
import dev.leasehold.broker.approval.BreakGlass.Answer.No;
import dev.leasehold.broker.approval.BreakGlass.Opened;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskId;
import dev.leasehold.broker.telemetry.JsonBytes;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How approvers set rules of the policy aside for a while, and see what came of it. */
final class BreakGlassCalls {
  static final Set<String> FIELDS = Set.of("task", "kind", "reason", "for");

  private static final String RULE = "approvals.break-glass";
  private static final int MAX_REASON = 256;

  private final ControlNeeds needs;
  private final Optional<BreakGlass> all;

  BreakGlassCalls(ControlNeeds needs) {
    this.needs = needs;
    this.all = needs.approvals().map(access -> access.approvals().breakGlass());
  }

  Answer list(ApiCall call) {
    requireSight(call);
    JsonBytes json = new JsonBytes(1024).beginObject();
    json.name("break_glass").beginArray();
    all().all().forEach(each -> write(json, each, false));
    json.endArray();
    return Answer.json(200, json.endObject());
  }

  Answer show(ApiCall call) {
    requireSight(call);
    return answer(
        200,
        all()
            .find(call.pathParameter())
            .orElseThrow(() -> Refused.forbidden("there is none of that id", RULE, "")));
  }

  Answer open(ApiCall call) {
    Approver approver = call.principal().requireApprover();
    Fields fields = new Fields(JsonReader.read(call.body()), FIELDS);
    Optional<Task> task =
        fields
            .text("task", OpenRequest.MAX_NAME)
            .map(
                id ->
                    TaskId.parse(id)
                        .flatMap(needs.tasks()::find)
                        .filter(Task::isActive)
                        .orElseThrow(Refused::noSuchTask));
    Optional<String> named = fields.text("kind", OpenRequest.MAX_NAME);
    if (task.isPresent() == named.isPresent()) {
      throw Refused.invalid("it is for 'task' or for 'kind': name one of them");
    }
    String kind = named.orElseGet(() -> task.orElseThrow().kind().name());
    if (!needs.rules().get().kinds().containsKey(kind)) {
      throw Refused.invalid("'kind' is no kind of task that is configured");
    }
    Duration length = length(fields.requiredText("for", OpenRequest.MAX_NAME));
    String reason = fields.requiredText("reason", MAX_REASON);
    return answer(all().open(approver, task.map(Task::id), kind, reason, length), 201);
  }

  Answer confirm(ApiCall call) {
    Approver approver = call.principal().requireApprover();
    return answer(all().confirm(call.pathParameter(), approver), 200);
  }

  Answer end(ApiCall call) {
    requireSight(call);
    return answer(all().end(call.pathParameter(), call.principal().name()), 200);
  }

  private static Duration length(String text) {
    return Texts.duration(text)
        .filter(length -> length.compareTo(Duration.ofSeconds(1)) >= 0)
        .orElseThrow(() -> Refused.invalid("'for' must be a duration of at least 1s, such as 15m"));
  }

  private static void requireSight(ApiCall call) {
    if (!call.principal().mayOperate()) {
      call.principal().requireApprover();
    }
  }

  private BreakGlass all() {
    return all.orElseThrow(
        () -> Refused.forbidden("nobody can set rules aside here", RULE, "configure approvals"));
  }

  private static Answer answer(BreakGlass.Answer answer, int status) {
    return switch (answer) {
      case Done(Opened opened) -> answer(status, opened);
      case No(String why) -> throw Refused.forbidden(why, RULE, "");
    };
  }

  private static Answer answer(int status, Opened opened) {
    JsonBytes json = new JsonBytes(1024);
    write(json, opened, true);
    return Answer.json(status, Map.of(), json.toByteArray());
  }

  private static void write(JsonBytes json, Opened opened, boolean uses) {
    json.beginObject();
    json.name("id").text(opened.id());
    opened.task().ifPresent(task -> json.name("task").text(task.text()));
    json.name("kind").text(opened.kind());
    json.name("reason").text(opened.reason());
    json.name("begins_at").text(opened.begins().toString());
    json.name("ends_at").text(opened.ends().toString());
    json.name("agreed").beginArray();
    opened.agreed().forEach(json::text);
    json.endArray();
    json.name("used").number(opened.used());
    if (uses) {
      json.name("uses").beginArray();
      for (BreakGlass.Use use : opened.uses()) {
        json.beginObject();
        json.name("at").text(use.at().toString());
        json.name("task").text(use.task().text());
        json.name("destination").text(use.destination());
        json.name("method").text(use.method());
        json.name("path").text(use.path());
        json.name("rule").text(use.rule());
        json.endObject();
      }
      json.endArray();
    }
    json.endObject();
  }
}
