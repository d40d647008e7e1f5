package dev.leasehold.broker.control;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A JSON text as a tree; immutable. */
sealed interface JsonValue {
  /** The members in the order in which they were written. */
  record JsonObject(Map<String, JsonValue> members) implements JsonValue {
    public JsonObject {
      members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    Optional<JsonValue> member(String name) {
      return Optional.ofNullable(members.get(name));
    }
  }

  record JsonArray(List<JsonValue> elements) implements JsonValue {
    public JsonArray {
      elements = List.copyOf(elements);
    }
  }

  record JsonText(String text) implements JsonValue {}

  record JsonNumber(BigDecimal number) implements JsonValue {}

  record JsonBoolean(boolean value) implements JsonValue {}

  record JsonNull() implements JsonValue {}

  /** What it is, for a message. */
  default String what() {
    return switch (this) {
      case JsonObject object -> "an object";
      case JsonArray array -> "an array";
      case JsonText text -> "a text";
      case JsonNumber number -> "a number";
      case JsonBoolean bool -> "a boolean";
      case JsonNull none -> "null";
    };
  }
}
