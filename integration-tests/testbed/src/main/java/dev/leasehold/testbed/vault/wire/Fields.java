package dev.leasehold.testbed.vault.wire;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads a request's parameters as leniently as Vault does: numbers as text, lists with commas. */
public record Fields(JsonObject json) {

  public boolean has(String name) {
    return json.getValue(name) != null;
  }

  public String text(String name, String otherwise) {
    Object value = json.getValue(name);
    return value == null ? otherwise : value.toString();
  }

  /** A text that must be there. */
  public String text(String name) {
    String value = text(name, "");
    if (value.isEmpty()) {
      throw Refusal.badRequest("missing " + name);
    }
    return value;
  }

  public boolean flag(String name, boolean otherwise) {
    Object value = json.getValue(name);
    return switch (value) {
      case null -> otherwise;
      case Boolean flag -> flag;
      case Number number -> number.longValue() != 0;
      default -> {
        String text = value.toString();
        if (!text.equals("true") && !text.equals("false")) {
          throw Refusal.badRequest("error converting input for field \"" + name + "\"");
        }
        yield text.equals("true");
      }
    };
  }

  public int number(String name, int otherwise) {
    Object value = json.getValue(name);
    return value instanceof Number number
        ? number.intValue()
        : value == null ? otherwise : Integer.parseInt(value.toString());
  }

  public Optional<Duration> duration(String name) {
    return Optional.ofNullable(json.getValue(name)).map(Durations::parse);
  }

  /** A list, given as such or as one text with commas. */
  public List<String> list(String name) {
    Object value = json.getValue(name);
    Stream<String> items =
        switch (value) {
          case null -> Stream.of();
          case JsonArray array -> array.stream().map(Object::toString);
          default -> Stream.of(value.toString().split(",", -1));
        };
    return items.map(String::strip).filter(item -> !item.isEmpty()).toList();
  }

  /** Texts that may hold commas, given as a list or as a single one. */
  public List<String> texts(String name) {
    Object value = json.getValue(name);
    return switch (value) {
      case null -> List.of();
      case JsonArray array -> array.stream().map(Object::toString).toList();
      default -> value.toString().isEmpty() ? List.of() : List.of(value.toString());
    };
  }

  /** A map of texts. */
  public Map<String, String> map(String name) {
    Map<String, String> map = new LinkedHashMap<>();
    switch (json.getValue(name)) {
      case null -> {}
      case JsonObject object ->
          object.forEach(
              member -> {
                if (!(member.getValue() instanceof String text)) {
                  throw Refusal.badRequest("Error decoding request: " + name + " holds no text");
                }
                map.put(member.getKey(), text);
              });
      default -> throw Refusal.badRequest("Error decoding request: " + name + " is not a map");
    }
    return Map.copyOf(map);
  }
}
