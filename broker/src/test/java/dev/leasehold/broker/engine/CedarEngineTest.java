package dev.leasehold.broker.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cedarpolicy.BasicAuthorizationEngine;
import com.cedarpolicy.model.AuthorizationRequest;
import com.cedarpolicy.model.EntityValidationRequest;
import com.cedarpolicy.model.schema.Schema;
import com.cedarpolicy.model.schema.Schema.JsonOrCedar;
import dev.leasehold.broker.policy.Action;
import dev.leasehold.broker.policy.Fact;
import dev.leasehold.broker.policy.Facts;
import dev.leasehold.broker.policy.Opinion;
import dev.leasehold.broker.policy.PolicyFacts;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.broker.testing.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Cedar decides on the facts, and whatever is not clearly a yes is a no. {@code mvn -pl broker test
 * -Dtest=CedarEngineTest -Dschema=write} writes the schema anew.
 */
final class CedarEngineTest {
  private static final Path SCHEMA =
      Path.of("").toAbsolutePath().resolveSibling("docs/leasehold.cedarschema");
  private static final String READS =
      "permit (principal, action == Leasehold::Action::\"http\", resource) when {"
          + " context.action.method == \"GET\" && resource.environment == \"production\" };\n";
  private static final Executor HERE = Runnable::run;

  private final Metrics metrics = new Metrics("test", "test");
  private final Facts get = new PolicyFacts(new ManualClock()).call("GET", "/v1/orders");

  private Opinion ask(String policies, Executor threads, Duration timeout, Facts facts) {
    EngineConfig.Cedar config =
        new EngineConfig.Cedar("cedar", CedarPolicies.read(policies, Optional.empty()), timeout);
    return new CedarEngine(config, threads, metrics).ask(facts).toCompletableFuture().join();
  }

  private Opinion ask(String policies, Facts facts) {
    return ask(policies, HERE, Duration.ofSeconds(30), facts);
  }

  @Test
  void itAllowsWhatAPolicyPermitsAndNothingElse() {
    Facts post = new PolicyFacts(new ManualClock()).call("POST", "/v1/orders");

    assertInstanceOf(Opinion.Allows.class, ask(READS, get));
    assertInstanceOf(Opinion.Denies.class, ask(READS, post));
  }

  @Test
  void theReasonIsTheIdOfThePolicyThatForbids() {
    String policies = READS + "@id(\"frozen\") forbid (principal, action, resource);";

    assertEquals(new Opinion.Denies("", "frozen"), ask(policies, get));
  }

  @Test
  void annotationsOfThePoliciesThatPermitAreObligations() {
    String policy = "permit (principal, action, resource);";

    Opinion cut = ask("@obligation(\"cut, life=60s\") " + policy, get);
    Opinion unknown = ask("@obligation(\"whisper\") " + policy, get);

    assertTrue(assertInstanceOf(Opinion.Allows.class, cut).obligations().cuts());
    assertEquals(new Opinion.Denies("", "unknown-obligation"), unknown);
  }

  @Test
  void policyThatCannotBeEvaluatedDeniesWhereCedarWouldLeaveItOut() {
    String policies =
        READS + "forbid (principal, action, resource) when { context.incident == true };";

    assertInstanceOf(Opinion.Failed.class, ask(policies, get));
  }

  @Test
  void labelsAndChainsAreSetsOfTexts() {
    String policies =
        "permit (principal, action, resource) when { context.task.labels.contains(\"team=a\")"
            + " && principal.chain.contains(principal.agent) };";

    assertInstanceOf(Opinion.Allows.class, ask(policies, get));
  }

  @Test
  void nobodyWaitsForItForEver() {
    Executor full =
        task -> {
          throw new RejectedExecutionException();
        };

    assertInstanceOf(Opinion.Failed.class, ask(READS, full, Duration.ofSeconds(30), get));
    assertInstanceOf(Opinion.Failed.class, ask(READS, task -> {}, Duration.ofMillis(1), get));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "permit (principal, action, resource) when { resource.enviroment == \"a\" }; | enviroment",
        "permit (principal, action == Leasehold::Action::\"htpp\", resource); | htpp",
        "permit (principal, action, resource) when { context.calls == \"a\" }; | compatible",
        "permit (principal, action, resource | unexpected",
        "// nothing | no policy"
      })
  void mistakesAreFoundWhenThePoliciesAreRead(String policies, String why) throws IOException {
    Optional<String> schema = Optional.of(Files.readString(SCHEMA));

    String message =
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> CedarPolicies.read(policies, schema))
                .getMessage());

    assertTrue(message.contains(why), message);
    assertEquals(1, message.lines().count());
  }

  @Test
  void itIsToldWhatAPolicyNamesAndEverythingWhereAnEscapeMayHideAName() {
    CedarPolicies plain = CedarPolicies.read(READS, Optional.empty());
    CedarPolicies escaped =
        CedarPolicies.read(
            "permit (principal, action, resource) when { context[\"c\\u{61}lls\"] < 9 };",
            Optional.empty());

    assertEquals(
        Set.of(Fact.METHOD, Fact.ENVIRONMENT),
        EnumSet.complementOf(EnumSet.copyOf(plain.unnamed())));
    assertEquals(Set.of(), escaped.unnamed());
  }

  @Test
  void schemaThatIsNoneIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> CedarPolicies.read(READS, Optional.of("entity")));
  }

  @Test
  void thePublishedSchemaIsThatOfTheFacts() throws IOException {
    String now = schema();
    if ("write".equals(System.getProperty("schema"))) {
      Files.writeString(SCHEMA, now);
    }
    assertEquals(now, Files.readString(SCHEMA));
  }

  @Test
  void whatCedarIsAskedIsValidByTheSchema() throws Exception {
    // Given
    Schema schema = Schema.parse(JsonOrCedar.Cedar, Files.readString(SCHEMA));
    CedarQuestion question = CedarQuestion.of(get, Set.of());
    AuthorizationRequest asked = question.request();

    // When
    new BasicAuthorizationEngine()
        .validateEntities(new EntityValidationRequest(schema, List.copyOf(question.entities())));
    boolean valid =
        new BasicAuthorizationEngine()
            .isAuthorized(
                new AuthorizationRequest(
                    asked.principalEUID,
                    asked.actionEUID,
                    asked.resourceEUID,
                    asked.context,
                    Optional.of(schema),
                    true),
                CedarPolicies.read(READS, Optional.empty()).set(),
                question.entities())
            .success
            .isPresent();

    // Then
    assertTrue(valid);
  }

  private static String schema() {
    String actions =
        Arrays.stream(Action.values())
            .filter(action -> !action.opens())
            .map(action -> "\"" + action.word() + "\"")
            .collect(Collectors.joining(", "));
    List<String> text = new ArrayList<>();
    text.add("// What Cedar is asked by Leasehold; policy.md says what each fact is.");
    text.add("namespace Leasehold {");
    text.add("  entity Agent = {");
    text.addAll(members("principal", 4));
    text.add("  };");
    text.add("  entity Destination = {");
    text.addAll(members("resource", 4));
    text.add("  };");
    text.add("  action " + actions + " appliesTo {");
    text.add("    principal: [Agent],");
    text.add("    resource: [Destination],");
    text.add("    context: {");
    text.addAll(members("context", 6));
    for (String section : List.of("action", "task")) {
      text.add("      " + section + ": {");
      text.addAll(members(section, 8));
      text.add("      },");
    }
    text.add("    },");
    text.add("  };");
    text.add("}");
    return String.join("\n", text) + "\n";
  }

  private static List<String> members(String section, int indent) {
    return Arrays.stream(Fact.values())
        .filter(fact -> fact.section().equals(section))
        .map(fact -> " ".repeat(indent) + fact.key() + ": " + type(fact) + ",")
        .toList();
  }

  private static String type(Fact fact) {
    return switch (fact.type()) {
      case TEXT -> "String";
      case NUMBER -> "Long";
      case TEXTS, TEXTS_BY_NAME -> "Set<String>";
    };
  }
}
