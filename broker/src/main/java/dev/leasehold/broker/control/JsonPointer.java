package dev.leasehold.broker.control;

import dev.leasehold.broker.control.JsonValue.JsonArray;
import dev.leasehold.broker.control.JsonValue.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** RFC 6901: names one place in a JSON text. */
final class JsonPointer {
  private static final Pattern INDEX = Pattern.compile("0|[1-9][0-9]{0,5}");

  private JsonPointer() {}

  /** What stands at the place; empty when there is nothing. */
  static Optional<JsonValue> find(JsonValue root, String pointer) {
    JsonValue at = root;
    for (String token : pointer.substring(1).split("/", -1)) {
      String name = token.replace("~1", "/").replace("~0", "~");
      JsonValue next =
          switch (at) {
            case JsonObject(Map<String, JsonValue> members) -> members.get(name);
            case JsonArray(List<JsonValue> elements) ->
                INDEX.matcher(name).matches() && Integer.parseInt(name) < elements.size()
                    ? elements.get(Integer.parseInt(name))
                    : null;
            case JsonValue.JsonText text -> null;
            case JsonValue.JsonNumber number -> null;
            case JsonValue.JsonBoolean bool -> null;
            case JsonValue.JsonNull none -> null;
          };
      if (next == null) {
        return Optional.empty();
      }
      at = next;
    }
    return Optional.of(at);
  }
}
