package dev.leasehold.broker.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the API's answers: objects become maps, arrays lists, everything else its text. */
final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  static Map<String, Object> object(byte[] utf8) throws ClientFailure {
    try (JsonParser parser = FACTORY.createParser(utf8)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        return object(parser);
      }
    } catch (IOException malformed) {
      // Said below, without a word of the answer: it may hold a token.
    }
    throw ClientFailure.unavailable(
        "the answer is no JSON object", "is it Leasehold's control API that was asked?");
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    Map<String, Object> members = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      members.put(name, value(parser, parser.nextToken()));
    }
    return members;
  }

  private static Object value(JsonParser parser, JsonToken token) throws IOException {
    if (token == JsonToken.START_OBJECT) {
      return object(parser);
    }
    if (token != JsonToken.START_ARRAY) {
      return parser.getText();
    }
    List<Object> elements = new ArrayList<>();
    for (JsonToken next = parser.nextToken();
        next != JsonToken.END_ARRAY;
        next = parser.nextToken()) {
      elements.add(value(parser, next));
    }
    return elements;
  }

  /** Empty when it is missing. */
  static String text(Map<String, Object> object, String name) {
    return object.get(name) instanceof String text ? text : "";
  }

  /** The texts of an object of texts; empty when it is missing. */
  static Map<String, String> texts(Map<String, Object> object, String name) {
    Map<String, String> texts = new LinkedHashMap<>();
    if (object.get(name) instanceof Map<?, ?> members) {
      members.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
    }
    return texts;
  }

  /** The objects of an array of objects; empty when it is missing. */
  static List<Map<String, Object>> objects(Map<String, Object> object, String name) {
    List<Map<String, Object>> objects = new ArrayList<>();
    if (object.get(name) instanceof List<?> elements) {
      for (Object element : elements) {
        if (element instanceof Map<?, ?> members) {
          Map<String, Object> copy = new LinkedHashMap<>();
          members.forEach((key, value) -> copy.put(String.valueOf(key), value));
          objects.add(copy);
        }
      }
    }
    return objects;
  }
}
