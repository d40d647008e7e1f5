package dev.leasehold.broker.control;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.leasehold.broker.control.JsonValue.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** The published description of the API, and whether an answer is as it says. */
final class OpenApiDocument {
  private static final String TEXT = load();

  private OpenApiDocument() {}

  private static String load() {
    try (InputStream in = Api.class.getResourceAsStream("openapi.json")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  static JsonObject document() {
    return (JsonObject) JsonReader.read(TEXT.getBytes(StandardCharsets.UTF_8));
  }

  /** A member of a member of … the document. */
  static JsonObject at(String... names) {
    JsonObject at = document();
    for (String name : names) {
      JsonObject parent = at;
      at =
          (JsonObject)
              parent
                  .member(name)
                  .orElseThrow(() -> new AssertionError(List.of(names) + " is not described"));
    }
    return at;
  }

  /** Fails unless the description has such an answer to such a call. */
  static void check(Route route, RawCaller.Got got) {
    String type = got.headers().getOrDefault("content-type", "none");
    JsonObject schema =
        at(
            "paths",
            route.path(),
            route.method().toLowerCase(Locale.ROOT),
            "responses",
            Integer.toString(got.status()),
            "content",
            type,
            "schema");
    String name = RawCaller.Got.text(schema.member("$ref").orElseThrow());
    List<Error> errors = validate(name, got.body());
    if (!errors.isEmpty()) {
      throw new AssertionError(route + " " + got.status() + ": " + errors + " in " + got.body());
    }
  }

  static List<Error> validate(String reference, String body) {
    String document = TEXT.replaceFirst("\\{", "{\"\\$ref\": \"" + reference + "\",");
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(document)
        .validate(body, InputFormat.JSON);
  }
}
