package dev.leasehold.broker.approval;

import dev.leasehold.broker.approval.Approval.State;
import dev.leasehold.broker.policy.CredentialUse;
import dev.leasehold.broker.policy.Facts;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.JsonBytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A question as approvers are shown it: what Leasehold saw, and apart from it what was said. */
public final class ApprovalJson {
  private ApprovalJson() {}

  /**
   * @param whole with the body as far as it was held back
   */
  public static void write(JsonBytes json, Approval approval, State state, boolean whole) {
    Shown shown = approval.shown();
    Facts facts = shown.facts();
    Task task = facts.task();
    json.beginObject();
    json.name("id").text(approval.id());
    json.name("state").text(state.word());
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

  private static void credential(JsonBytes json, @Nullable CredentialUse use) {
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
