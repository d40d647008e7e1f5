package dev.leasehold.broker.control;

import dev.leasehold.broker.approval.Approval;
import dev.leasehold.broker.approval.ApprovalJson;
import dev.leasehold.broker.approval.Approvals;
import dev.leasehold.broker.approval.Approvals.Refusal;
import dev.leasehold.broker.approval.Approver;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.JsonBytes;
import dev.leasehold.broker.telemetry.Problem;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What approvers see and say; and what a task may see of its own questions. */
final class ApprovalCalls {
  static final Set<String> FIELDS = Set.of("decision", "digest", "unseen", "reason");

  private static final int MAX_REASON = 256;
  private static final int MAX_WORD = 128;

  private final Optional<Approvals> approvals;

  ApprovalCalls(ControlNeeds needs) {
    this.approvals = needs.approvals().map(ApprovalAccess::approvals);
  }

  /** Those that wait for an answer. */
  Answer list(ApiCall call) {
    call.principal().requireApprover();
    JsonBytes json = new JsonBytes(1024).beginObject();
    json.name("approvals").beginArray();
    List<Approval> open = all().open();
    open.forEach(approval -> ApprovalJson.write(json, approval, all().state(approval), false));
    json.endArray();
    return Answer.json(200, json.endObject());
  }

  Answer show(ApiCall call) {
    JsonBytes json = new JsonBytes(4096);
    switch (call.principal()) {
      case Principal.ApprovedBy approver -> {
        Approval asked = find(call);
        ApprovalJson.write(json, asked, all().state(asked), true);
      }
      case Principal.TaskHolder(Task task, var peer) -> {
        Approval own = find(call);
        if (own.shown().facts().task() != task) {
          throw notFound();
        }
        json.beginObject().name("id").text(own.id());
        json.name("state").text(all().state(own).word()).endObject();
      }
      case Principal.Known known -> call.principal().requireApprover();
    }
    return Answer.json(200, json);
  }

  Answer decide(ApiCall call) {
    Approver approver = call.principal().requireApprover();
    Approval approval = find(call);
    Fields fields = new Fields(JsonReader.read(call.body()), FIELDS);
    String word = fields.requiredText("decision", MAX_WORD);
    if (!word.equals("approve") && !word.equals("deny")) {
      throw Refused.invalid("'decision' is approve or deny");
    }
    Optional<Refusal> refusal =
        all()
            .answer(
                approval,
                approver,
                word.equals("approve"),
                fields.requiredText("digest", MAX_WORD),
                fields.bool("unseen"),
                fields.text("reason", MAX_REASON).orElse(""));
    if (refusal.isPresent()) {
      throw refused(refusal.get());
    }
    JsonBytes json = new JsonBytes(1024);
    ApprovalJson.write(json, approval, all().state(approval), false);
    return Answer.json(200, json);
  }

  private Approvals all() {
    return approvals.orElseThrow(ApprovalCalls::notFound);
  }

  private Approval find(ApiCall call) {
    return all().find(call.pathParameter()).orElseThrow(ApprovalCalls::notFound);
  }

  private static Refused notFound() {
    return new Refused(Problem.NOT_FOUND, "there is no such question");
  }

  private static Refused refused(Refusal refusal) {
    String detail =
        switch (refusal) {
          case NOT_OPEN -> "the question is not open any more";
          case NOT_IN_THE_GROUP -> "the rule that asks is for another group of approvers";
          case SAME_APPROVER -> "another human has to agree as well: you have agreed already";
          case OTHER_FACTS -> "'digest' is not that of what was shown; look at it again";
          case UNSEEN -> "the body was not held back: agree with unseen: true, or deny";
          case STALE_PROOF ->
              "the token proves that you were there before the question only: log in again";
        };
    return Refused.forbidden(detail, "approvals", "");
  }
}
