package dev.leasehold.broker.config.form;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The JSON Schema of a section. */
final class SectionSchema {
  private SectionSchema() {}

  static Map<String, Object> of(List<Key<?>> keys, List<List<Key<?>>> choices) {
    Map<String, Object> properties = new LinkedHashMap<>();
    List<Object> required = new ArrayList<>();
    for (Key<?> key : keys) {
      properties.put(key.name(), property(key));
      if (key.required()) {
        required.add(key.name());
      }
    }
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("additionalProperties", false);
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    schema.put("properties", properties);
    if (!choices.isEmpty()) {
      schema.put("allOf", choices.stream().map(SectionSchema::exactlyOne).toList());
    }
    return schema;
  }

  private static Map<String, Object> property(Key<?> key) {
    Map<String, Object> property = new LinkedHashMap<>();
    if (!key.available()) {
      property.put("description", key.doc() + " Not in this version.");
      property.put("not", Map.of());
      return property;
    }
    property.put("description", key.doc());
    key.defaultText().ifPresent(text -> property.put("default", typed(text)));
    property.putAll(key.shape().schema());
    return property;
  }

  private static Object typed(String text) {
    if (text.equals("true") || text.equals("false")) {
      return Boolean.valueOf(text);
    }
    return text.matches("[0-9]{1,9}") ? Integer.valueOf(text) : text;
  }

  private static Map<String, Object> exactlyOne(List<Key<?>> choice) {
    return Map.of(
        "oneOf", choice.stream().map(key -> Map.of("required", List.of(key.name()))).toList());
  }
}
