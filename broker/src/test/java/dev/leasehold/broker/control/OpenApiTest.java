package dev.leasehold.broker.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.control.JsonValue.JsonArray;
import dev.leasehold.broker.control.JsonValue.JsonObject;
import dev.leasehold.broker.telemetry.Problem;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OpenApiTest {
  @Test
  void describesEveryCallAndNoOther() {
    // Given
    Set<String> served =
        Arrays.stream(Route.values())
            .map(route -> route.method().toLowerCase(Locale.ROOT) + " " + route.path())
            .collect(Collectors.toSet());

    // When
    Set<String> described = new HashSet<>();
    OpenApiDocument.at("paths")
        .members()
        .forEach(
            (path, item) ->
                ((JsonObject) item).members().keySet().forEach(m -> described.add(m + " " + path)));

    // Then
    assertEquals(served, described);
  }

  @Test
  void namesOnlyProblemsThatThereAre() {
    // Given
    Set<String> known =
        Arrays.stream(Problem.values()).map(Problem::urn).collect(Collectors.toSet());
    known.add("about:blank");

    // When
    JsonArray described =
        (JsonArray)
            OpenApiDocument.at("components", "schemas", "Problem", "properties", "type")
                .member("enum")
                .orElseThrow();

    // Then
    for (JsonValue name : described.elements()) {
      assertTrue(known.contains(RawCaller.Got.text(name)), RawCaller.Got.text(name));
    }
  }

  @Test
  void requestsMayHaveWhatTheServerTakes() {
    assertEquals(OpenRequest.FIELDS, fields("Opening"));
    assertEquals(EndTask.FIELDS, fields("SignalRequest"));
    assertEquals(KillSwitch.FIELDS, fields("Reason"));
    assertEquals(ApprovalCalls.FIELDS, fields("Decision"));
  }

  private static Set<String> fields(String schema) {
    return OpenApiDocument.at("components", "schemas", schema, "properties").members().keySet();
  }

  /** The check of every other test's answers is one that can fail. */
  @Test
  void anAnswerThatIsNotAsDescribedIsNoticed() {
    // Given
    String lacking = "{\"locked\":true}";
    String good = "{\"locked\":true,\"tasks_ending\":0}";

    // Then
    assertFalse(OpenApiDocument.validate("#/components/schemas/Lock", lacking).isEmpty());
    assertEquals(List.of(), OpenApiDocument.validate("#/components/schemas/Lock", good));
  }
}
