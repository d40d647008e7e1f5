package dev.leasehold.broker.engine;

import dev.leasehold.broker.policy.Facts;
import dev.leasehold.broker.policy.Opinion;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/**
 * The access evaluation of the AuthZEN Authorization API 1.0 (§6): may this subject do this action
 * with this resource.
 */
final class AuthZen {
  private AuthZen() {}

  static String question(Facts facts) {
    JsonObject all = FactsJson.of(facts);
    JsonObject principal = all.getJsonObject("principal");
    JsonObject resource = all.getJsonObject("resource");
    JsonObject action = all.getJsonObject("action");
    return new JsonObject()
        .put(
            "subject",
            new JsonObject()
                .put("type", "agent")
                .put("id", principal.getString("agent"))
                // Where Cerbos looks for what other decision points do not need.
                .put("properties", principal.put("cerbos.roles", new JsonArray().add("agent"))))
        .put(
            "action",
            new JsonObject().put("name", action.getString("method")).put("properties", action))
        .put(
            "resource",
            new JsonObject()
                .put("type", "destination")
                .put("id", resource.getString("destination"))
                .put("properties", resource))
        .put("context", all.getJsonObject("context").put("task", all.getJsonObject("task")))
        .encode();
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
