package dev.leasehold.broker.engine;

import dev.leasehold.broker.policy.Facts;
import dev.leasehold.broker.policy.Opinion;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Objects;

/**
 * The access evaluation of the AuthZEN Authorization API 1.0 (§6): may this subject do this action
 * with this resource.
 */
final class AuthZen {
  private AuthZen() {}

  /**
   * @param all the decision input, as far as the decision point is told it
   */
  static String question(Facts facts, JsonObject all) {
    JsonObject principal = all.getJsonObject("principal");
    JsonObject resource = all.getJsonObject("resource");
    JsonObject action = all.getJsonObject("action");
    return new JsonObject()
        .put(
            "subject",
            new JsonObject()
                .put("type", "agent")
                .put("id", facts.task().agent())
                .put("properties", subject(principal, all)))
        .put("action", new JsonObject().put("name", facts.method()).put("properties", action))
        .put(
            "resource",
            new JsonObject()
                .put("type", "destination")
                .put("id", Objects.requireNonNull(facts.destination()).name())
                .put("properties", resource))
        .put("context", all.getJsonObject("context").put("task", all.getJsonObject("task")))
        .encode();
  }

  /** With what Cerbos needs: roles, and what it would not find in the context. */
  private static JsonObject subject(JsonObject principal, JsonObject all) {
    return principal
        .copy()
        .put("cerbos.roles", new JsonArray().add("agent"))
        .put("task", all.getJsonObject("task"))
        .put("context", all.getJsonObject("context").copy());
  }

  static Opinion opinion(Buffer answer) {
    return Answers.read(
        answer,
        json -> {
          JsonObject context =
              json.getValue("context") instanceof JsonObject object ? object : new JsonObject();
          return json.getValue("decision") instanceof Boolean allows
              ? Answers.of(
                  allows,
                  Answers.word(context.getValue("id")),
                  Answers.word(context.getValue("reason")),
                  context.getValue("obligations"))
              : new Opinion.Failed("its answer makes no sense");
        });
  }
}
