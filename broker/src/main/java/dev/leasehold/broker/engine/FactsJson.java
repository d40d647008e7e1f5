package dev.leasehold.broker.engine;

import dev.leasehold.broker.policy.Facts;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/** The decision input as JSON: docs/decision-input.schema.json describes it. */
final class FactsJson {
  private FactsJson() {}

  static JsonObject of(Facts facts) {
    JsonObject all = new JsonObject();
    facts
        .sections()
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
