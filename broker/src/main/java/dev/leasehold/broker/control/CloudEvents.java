package dev.leasehold.broker.control;

import dev.leasehold.broker.control.JsonValue.JsonArray;
import dev.leasehold.broker.control.JsonValue.JsonObject;
import dev.leasehold.broker.control.JsonValue.JsonText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads CloudEvents 1.0 from HTTP in each of its three content modes, and gives every event in its
 * structured form: an object with the attributes and {@code data}.
 */
final class CloudEvents {
  static final String STRUCTURED = "application/cloudevents+json";
  static final String BATCH = "application/cloudevents-batch+json";
  static final int MAX_EVENTS = 100;

  private static final String HEADER_PREFIX = "ce-";
  private static final List<String> REQUIRED = List.of("id", "source", "type", "specversion");

  private CloudEvents() {}

  /**
   * @param mediaType of the request, without parameters, lower case
   */
  static List<JsonObject> read(String mediaType, Map<String, String> headers, byte[] body) {
    List<JsonObject> events =
        switch (mediaType) {
          case STRUCTURED -> List.of(event(JsonReader.read(body)));
          case BATCH -> batch(JsonReader.read(body));
          default -> List.of(binary(mediaType, headers, body));
        };
    events.forEach(CloudEvents::check);
    return events;
  }

  static String type(JsonObject event) {
    return text(event, "type");
  }

  private static List<JsonObject> batch(JsonValue body) {
    if (!(body instanceof JsonArray(List<JsonValue> elements))) {
      throw Refused.invalid("a batch is an array of events, not " + body.what());
    }
    if (elements.size() > MAX_EVENTS) {
      throw Refused.invalid("a batch may have " + MAX_EVENTS + " events at most");
    }
    return elements.stream().map(CloudEvents::event).toList();
  }

  private static JsonObject event(JsonValue value) {
    if (value instanceof JsonObject event) {
      return event;
    }
    throw Refused.invalid("an event is an object, not " + value.what());
  }

  /** Attributes are headers, the body is {@code data}; only JSON can be looked into. */
  private static JsonObject binary(String mediaType, Map<String, String> headers, byte[] body) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    headers.forEach(
        (name, value) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (lower.startsWith(HEADER_PREFIX)) {
            members.put(lower.substring(HEADER_PREFIX.length()), new JsonText(value));
          }
        });
    boolean isJson = mediaType.equals("application/json") || mediaType.endsWith("+json");
    if (body.length > 0 && isJson) {
      members.put("data", JsonReader.read(body));
    }
    return new JsonObject(members);
  }

  private static void check(JsonObject event) {
    REQUIRED.forEach(name -> text(event, name));
    if (!text(event, "specversion").equals("1.0")) {
      throw Refused.invalid("'specversion' of an event must be 1.0");
    }
  }

  private static String text(JsonObject event, String name) {
    return event
        .member(name)
        .filter(JsonText.class::isInstance)
        .map(value -> ((JsonText) value).text())
        .filter(text -> !text.isEmpty())
        .orElseThrow(() -> Refused.invalid("an event lacks '" + name + "', or it is no text"));
  }
}
