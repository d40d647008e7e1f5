package dev.leasehold.broker.engine;

import dev.leasehold.broker.policy.Fact;
import dev.leasehold.broker.policy.Facts;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The decision input as JSON: docs/decision-input.schema.json describes it. */
final class FactsJson {
  private FactsJson() {}

  /**
   * @param without what is left out
   */
  static JsonObject of(Facts facts, Set<Fact> without) {
    JsonObject all = new JsonObject();
    facts
        .sections(without)
        .forEach(
            (section, values) -> {
              JsonObject members = new JsonObject();
              values.forEach((name, value) -> members.put(name, json(value)));
              all.put(section, members);
            });
    return all;
  }

  private static Object json(Object value) {
    return switch (value) {
      case List<?> list -> new JsonArray(List.copyOf(list));
      case Map<?, ?> map -> {
        JsonObject object = new JsonObject();
        map.forEach((name, text) -> object.put(String.valueOf(name), text));
        yield object;
      }
      default -> value;
    };
  }
}
