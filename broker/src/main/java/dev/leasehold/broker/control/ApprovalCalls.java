package dev.leasehold.broker.control;

import dev.leasehold.broker.approval.Approval;
import dev.leasehold.broker.approval.Approvals;
import dev.leasehold.broker.approval.Approvals.Refusal;
import dev.leasehold.broker.approval.Approver;
import dev.leasehold.broker.approval.Shown;
import dev.leasehold.broker.policy.CredentialUse;
import dev.leasehold.broker.policy.Facts;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.JsonBytes;
import dev.leasehold.broker.telemetry.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
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
    open.forEach(approval -> write(json, approval, false));
    json.endArray();
    return Answer.json(200, json.endObject());
  }

  Answer show(ApiCall call) {
    JsonBytes json = new JsonBytes(4096);
    switch (call.principal()) {
      case Principal.ApprovedBy approver -> write(json, find(call), true);
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
    write(json, approval, false);
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

  private void write(JsonBytes json, Approval approval, boolean whole) {
    Shown shown = approval.shown();
    Facts facts = shown.facts();
    Task task = facts.task();
    json.beginObject();
    json.name("id").text(approval.id());
    json.name("state").text(all().state(approval).word());
    json.name("asked_at").text(approval.askedAt().toString());
    json.name("expires_at").text(approval.expiresAt().toString());
    json.name("rule").text(approval.rule().place());
    approval.asking().approvers().ifPresent(group -> json.name("approvers").text(group));
    json.name("scope").text(approval.asking().scope().word());
    json.name("count").number(approval.asking().count());
    json.name("agreed").beginArray();
    approval.agreed().forEach(json::text);
    json.endArray();
    json.name("digest").text(approval.digest());
    json.name("agent").text(task.agent());
    json.name("agent_proof").text(task.agentProof().word());
    json.name("task").text(task.id().text());
    json.name("kind").text(task.kind().name());
    json.name("action").text(facts.action().word());
    json.name("method").text(facts.method());
    if (facts.destination() != null) {
      json.name("destination").text(facts.destination().name());
      json.name("target").text(facts.destination().target().authority());
      json.name("environment").text(facts.destination().environment().orElse(""));
    }
    json.name("path").text(facts.path().text());
    if (!shown.query().isEmpty()) {
      json.name("query").text(shown.query());
    }
    credential(json, facts.credential());
    body(json, shown.body(), whole);
    // What the agent says is no fact, and is kept apart.
    json.name("agent_says").beginObject();
    json.name("purpose").text(task.purpose());
    task.onBehalfOf().ifPresent(who -> json.name("on_behalf_of").text(who));
    json.endObject();
    json.endObject();
  }

  private static void credential(
      JsonBytes json, @org.jspecify.annotations.Nullable CredentialUse use) {
    if (use != null) {
      json.name("credential").text(use.name());
      json.name("classification").text(use.classification());
    }
  }

  private static void body(JsonBytes json, Shown.Body body, boolean whole) {
    json.name("body").beginObject();
    switch (body) {
      case Shown.Body.None none -> json.name("seen").text("none");
      case Shown.Body.Unseen unseen -> json.name("seen").text("unseen");
      case Shown.Body.Whole(int size, String digest, String latin1) -> {
        json.name("seen").text("whole");
        json.name("size").number(size);
        json.name("sha256").text(digest);
        if (whole) {
          preview(json, latin1.getBytes(StandardCharsets.ISO_8859_1));
        }
      }
    }
    json.endObject();
  }

  private static void preview(JsonBytes json, byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      json.name("text").text(text);
    } catch (CharacterCodingException noText) {
      json.name("base64").text(Base64.getEncoder().encodeToString(bytes));
    }
  }
}
