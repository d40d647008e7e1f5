package dev.leasehold.broker.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.leasehold.broker.telemetry.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one JSON text (RFC 8259), strictly: UTF-8 only, no name twice in one object, nothing after
 * the value, bounded in depth, length and number of tokens. Messages never quote the input.
 */
final class JsonReader {
  static final int MAX_DEPTH = 32;

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNameLength(256)
                  .maxNumberLength(64)
                  .maxStringLength(RequestBody.MAX_BYTES)
                  .maxTokenCount(10_000)
                  .build())
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // names are the caller's to choose
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private JsonReader() {}

  /**
   * @throws Refused {@code invalid-request}, with the place of the fault
   */
  static JsonValue read(byte[] utf8) {
    try (JsonParser parser = FACTORY.createParser(text(utf8))) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw Refused.invalid("the body is empty; JSON is expected");
      }
      JsonValue value = value(parser, first);
      if (parser.nextToken() != null) {
        throw Refused.invalid("the body goes on after its JSON value");
      }
      return value;
    } catch (StreamConstraintsException tooMuch) {
      throw Refused.invalid("the JSON is too deep, or a part of it too long");
    } catch (IOException malformed) {
      throw Refused.invalid("the body is no valid JSON" + place(malformed));
    }
  }

  /** The parser itself would guess at UTF-16 and UTF-32 too. */
  private static String text(byte[] utf8) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
  }

  private static String place(IOException malformed) {
    if (malformed instanceof com.fasterxml.jackson.core.JacksonException jackson
        && jackson.getLocation() != null) {
      return ": line "
          + jackson.getLocation().getLineNr()
          + ", column "
          + jackson.getLocation().getColumnNr();
    }
    return "";
  }

  /** The recursion is bounded by {@link #MAX_DEPTH}. */
  private static JsonValue value(JsonParser parser, JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> new JsonValue.JsonText(parser.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
          new JsonValue.JsonNumber(parser.getDecimalValue());
      case VALUE_TRUE -> new JsonValue.JsonBoolean(true);
      case VALUE_FALSE -> new JsonValue.JsonBoolean(false);
      case VALUE_NULL -> new JsonValue.JsonNull();
      case FIELD_NAME, END_OBJECT, END_ARRAY, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
          throw new Refused(Problem.INVALID_REQUEST, "the body is no valid JSON");
    };
  }

  private static JsonValue object(JsonParser parser) throws IOException {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      members.put(name, value(parser, parser.nextToken()));
    }
    return new JsonValue.JsonObject(members);
  }

  private static JsonValue array(JsonParser parser) throws IOException {
    List<JsonValue> elements = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      elements.add(value(parser, token));
    }
    return new JsonValue.JsonArray(elements);
  }
}
