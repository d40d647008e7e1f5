package dev.leasehold.broker.control;

import dev.leasehold.broker.control.JsonValue.JsonArray;
import dev.leasehold.broker.control.JsonValue.JsonBoolean;
import dev.leasehold.broker.control.JsonValue.JsonNumber;
import dev.leasehold.broker.control.JsonValue.JsonObject;
import dev.leasehold.broker.control.JsonValue.JsonText;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The members of a request's body, taken out one by one by their names and kinds. What is wrong is
 * refused with the name of the field; a value is never quoted.
 */
final class Fields {
  private final JsonObject object;

  /**
   * @param known every name that may stand here; any other is refused
   */
  Fields(JsonValue body, Set<String> known) {
    if (!(body instanceof JsonObject members)) {
      throw Refused.invalid("the body must be a JSON object, not " + body.what());
    }
    this.object = members;
    for (String name : members.members().keySet()) {
      if (!known.contains(name)) {
        throw Refused.invalid(
            "the body has a field that is not known here; known are "
                + String.join(", ", known.stream().sorted().toList()));
      }
    }
  }

  String requiredText(String name, int maxBytes) {
    return text(name, maxBytes).orElseThrow(() -> Refused.invalid("'" + name + "' is missing"));
  }

  /** A text that is neither empty nor blank, without control characters. */
  Optional<String> text(String name, int maxBytes) {
    return object.member(name).map(value -> text("'" + name + "'", value, maxBytes));
  }

  boolean bool(String name) {
    return object
        .member(name)
        .map(
            value -> {
              if (value instanceof JsonBoolean(boolean truth)) {
                return truth;
              }
              throw Refused.invalid("'" + name + "' must be true or false, not " + value.what());
            })
        .orElse(false);
  }

  /** A whole number from {@code least} to {@code most}. */
  Optional<Long> number(String name, long least, long most) {
    return object
        .member(name)
        .map(
            value -> {
              if (value instanceof JsonNumber(BigDecimal number)
                  && number.stripTrailingZeros().scale() <= 0
                  && number.compareTo(BigDecimal.valueOf(least)) >= 0
                  && number.compareTo(BigDecimal.valueOf(most)) <= 0) {
                return number.longValueExact();
              }
              throw Refused.invalid(
                  "'" + name + "' must be a whole number from " + least + " to " + most);
            });
  }

  /** At least one name, none of them twice. */
  Optional<List<String>> names(String name, int max, int maxBytes) {
    return object.member(name).map(value -> names(name, value, max, maxBytes));
  }

  private static List<String> names(String name, JsonValue value, int max, int maxBytes) {
    if (!(value instanceof JsonArray(List<JsonValue> elements))) {
      throw Refused.invalid("'" + name + "' must be an array of names, not " + value.what());
    }
    if (elements.isEmpty()) {
      throw Refused.invalid("'" + name + "' is empty; leave it out instead");
    }
    if (elements.size() > max) {
      throw Refused.invalid("'" + name + "' has more than " + max + " names");
    }
    List<String> names = new ArrayList<>();
    for (JsonValue element : elements) {
      String one = text("a name in '" + name + "'", element, maxBytes);
      if (names.contains(one)) {
        throw Refused.invalid("'" + name + "' has one name twice");
      }
      names.add(one);
    }
    return List.copyOf(names);
  }

  /** Texts by name, in their order; empty when the field is not there. */
  Map<String, String> labels(String name, int max, int maxBytes) {
    Optional<JsonValue> value = object.member(name);
    if (value.isEmpty()) {
      return Map.of();
    }
    if (!(value.get() instanceof JsonObject labels)) {
      throw Refused.invalid("'" + name + "' must be an object of texts, not " + value.get().what());
    }
    if (labels.members().size() > max) {
      throw Refused.invalid("'" + name + "' has more than " + max + " members");
    }
    Map<String, String> texts = new LinkedHashMap<>();
    labels
        .members()
        .forEach(
            (key, label) -> {
              Texts.refuseBadLabelName("a name in '" + name + "'", key);
              texts.put(key, text("a value in '" + name + "'", label, maxBytes));
            });
    return Collections.unmodifiableMap(texts);
  }

  private static String text(String what, JsonValue value, int maxBytes) {
    if (value instanceof JsonText(String text)) {
      Texts.refuseBad(what, text, maxBytes);
      return text;
    }
    throw Refused.invalid(what + " must be a text, not " + value.what());
  }
}
