package dev.leasehold.broker.engine;

import dev.leasehold.broker.policy.Opinion;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/**
 * Open Policy Agent's data API. The rule's value is {@code true}, {@code false}, or an object with
 * {@code allow}, and perhaps {@code reason} and {@code obligations}; none at all is undefined, and
 * that is no answer.
 */
final class Opa {
  private Opa() {}

  /**
   * @param told the decision input
   */
  static String question(JsonObject told) {
    return new JsonObject().put("input", told).encode();
  }

  static Opinion opinion(Buffer answer) {
    return Answers.read(
        answer,
        json -> {
          String id = Answers.word(json.getValue("decision_id"));
          return switch (json.getValue("result")) {
            case Boolean allows -> Answers.of(allows, id, "", null);
            case JsonObject object when object.getValue("allow") instanceof Boolean allows ->
                Answers.of(
                    allows,
                    id,
                    Answers.word(object.getValue("reason")),
                    object.getValue("obligations"));
            case null -> new Opinion.Failed("its rule is undefined");
            default -> new Opinion.Failed("its answer makes no sense");
          };
        });
  }
}
