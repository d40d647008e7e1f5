package dev.leasehold.broker.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.leasehold.broker.config.form.JsonText;
import dev.leasehold.broker.config.form.KeyTables;
import dev.leasehold.broker.config.keys.RootKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What is published about the form of a configuration is what the table of keys gives. {@code mvn
 * -pl broker test -Dtest=PublishedFormTest -Dschema=write} writes both files anew.
 */
class PublishedFormTest {
  private static final Path SCHEMA = Examples.ROOT.resolve("docs/config.schema.json");
  private static final Path PAGE = Examples.ROOT.resolve("docs/configuration.md");
  private static final String BEGIN = "<!-- begin of the keys: made by PublishedFormTest -->\n";
  private static final String END = "<!-- end of the keys -->\n";

  @Test
  void theSchemaIsThatOfTheKeys() throws IOException {
    // Given
    String now = schemaText();
    if ("write".equals(System.getProperty("schema"))) {
      Files.writeString(SCHEMA, now);
    }

    // Then
    assertEquals(now, Files.readString(SCHEMA));
  }

  @Test
  void theReferencePageNamesEveryKey() throws IOException {
    // Given
    String page = Files.readString(PAGE);
    String head = page.substring(0, page.indexOf(BEGIN) + BEGIN.length());
    String now = head + "\n" + KeyTables.of(RootKeys.FORM) + page.substring(page.indexOf(END));
    if ("write".equals(System.getProperty("schema"))) {
      Files.writeString(PAGE, now);
    }

    // Then
    assertEquals(now, Files.readString(PAGE));
  }

  @Test
  void everyExampleIsValidBySchema() throws IOException {
    // Given
    Schema schema = schema();

    for (Path example : Examples.files()) {
      // When
      List<Error> errors = schema.validate(Files.readString(example), InputFormat.YAML);

      // Then
      assertEquals(List.of(), errors, example.toString());
    }
    assertEquals(List.of(), schema.validate(Sample.text(), InputFormat.YAML));
  }

  @Test
  void theSchemaRefusesWhatTheLoaderRefusesByForm() {
    // Given
    Schema schema = schema();

    for (String spoiled :
        List.of(
            Sample.with("ttl: 10m", "ttl: ten minutes"),
            Sample.with("max-open: 20", "max-open: many"),
            Sample.with("  proxy: 127.0.0.1:15080", "  porxy: 127.0.0.1:15080"),
            Sample.with("inject: {basic:", "inject: {bearer: \"{token}\", basic:"),
            Sample.with("revocability: hard", "revocability: firm"),
            Sample.with("ca: file:/etc/vault-ca.pem", "ca: /etc/vault-ca.pem"),
            Sample.with("runtime-dir: /run/leasehold", "default-task: {kind: restock}"),
            Sample.with("classification: internal", "classification: secret"))) {
      // Then
      assertFalse(schema.validate(spoiled, InputFormat.YAML).isEmpty(), spoiled);
      assertFalse(Sample.errors(spoiled).isEmpty(), spoiled);
    }
  }

  @Test
  void theSchemaLeavesRoomForVariables() {
    // Given
    String yaml = Sample.with("https://vault.internal:8200", "\"${VAULT_ADDR}\"");

    // Then
    assertTrue(schema().validate(yaml, InputFormat.YAML).isEmpty());
  }

  private static Schema schema() {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(schemaText());
  }

  private static String schemaText() {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("$id", "https://leasehold.dev/v1/config.schema.json");
    schema.put("title", "Leasehold configuration, apiVersion leasehold.dev/v1");
    schema.putAll(RootKeys.FORM.schema());
    return JsonText.of(schema);
  }
}
