package dev.leasehold.broker.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.leasehold.broker.config.form.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

/**
 * What is published of the decision input is what the table of facts gives. {@code mvn -pl broker
 * test -Dtest=DecisionInputTest -Dschema=write} writes it anew.
 */
final class DecisionInputTest {
  private static final Path DOCS = Path.of("").toAbsolutePath().resolveSibling("docs");
  private static final String BEGIN = "<!-- begin of the facts: made by DecisionInputTest -->\n";
  private static final String END = "<!-- end of the facts -->\n";

  private final Facts facts = new PolicyTester().facts("GET", "/v1/orders");

  private static void publish(Path file, String now) throws IOException {
    if ("write".equals(System.getProperty("schema"))) {
      Files.writeString(file, now);
    }
    assertEquals(now, Files.readString(file), file.toString());
  }

  private String schema() {
    Map<String, Object> sections = new LinkedHashMap<>();
    facts
        .sections()
        .forEach(
            (section, values) -> {
              Map<String, Object> properties = new LinkedHashMap<>();
              for (Fact fact : Fact.values()) {
                if (fact.section().equals(section)) {
                  properties.put(fact.key(), property(fact));
                }
              }
              sections.put(section, object(properties, List.copyOf(values.keySet())));
            });
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.put("title", "What a decision of Leasehold is made on");
    root.putAll(object(sections, List.copyOf(sections.keySet())));
    return JsonText.of(root);
  }

  private static Map<String, Object> object(Map<String, Object> properties, List<String> names) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("type", "object");
    object.put("required", names);
    object.put("additionalProperties", false);
    object.put("properties", properties);
    return object;
  }

  private Map<String, Object> property(Fact fact) {
    Map<String, Object> property = new LinkedHashMap<>(type(fact.of(facts)));
    property.put("description", fact.doc());
    property.put("x-source", fact.source().word());
    return property;
  }

  private static Map<String, Object> type(Object value) {
    return switch (value) {
      case String text -> Map.of("type", "string");
      case Long number -> Map.of("type", "integer");
      case List<?> list -> type("array", "items");
      case Map<?, ?> map -> type("object", "additionalProperties");
      default -> throw new AssertionError(value.getClass());
    };
  }

  private static Map<String, Object> type(String name, String of) {
    Map<String, Object> type = new LinkedHashMap<>();
    type.put("type", name);
    type.put(of, Map.of("type", "string"));
    return type;
  }

  @Test
  void theSchemaIsThatOfTheFacts() throws IOException {
    publish(DOCS.resolve("decision-input.schema.json"), schema());
  }

  @Test
  void thePageNamesEveryFact() throws IOException {
    StringBuilder table = new StringBuilder("| fact | known how | what |\n|---|---|---|\n");
    for (Fact fact : Fact.values()) {
      table.append("| `%s` | %s | %s |%n".formatted(fact.path(), fact.source().word(), fact.doc()));
    }
    Path page = DOCS.resolve("policy.md");
    String text = Files.readString(page);
    publish(
        page,
        text.substring(0, text.indexOf(BEGIN) + BEGIN.length())
            + table
            + text.substring(text.indexOf(END)));
  }

  @Test
  void inputOfARealCallIsValid() {
    SequencedMap<String, SequencedMap<String, Object>> input = facts.sections();
    assertEquals(
        List.of(),
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(schema(), InputFormat.JSON)
            .validate(JsonText.of(input), InputFormat.JSON));
    assertFalse(input.toString().contains("?"));
  }
}
