package dev.leasehold.broker.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.policy.Effect;
import dev.leasehold.broker.policy.PolicyRule;
import dev.leasehold.broker.policy.Signals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules that cannot mean what was meant are refused or pointed out, each at its place. */
class PolicyChecksTest {
  private static final String READS =
      "{name: reads, effect: allow, when: {kinds: [restock], methods: [GET]}}";

  private static String rules(String... rules) {
    StringBuilder text = new StringBuilder(Sample.text()).append("policy:\n  rules:\n");
    for (String rule : rules) {
      text.append("    - ").append(rule).append('\n');
    }
    return text.toString();
  }

  private static void refused(String place, String why, String... rules) {
    List<String> errors = Sample.errors(rules(rules));
    assertEquals(1, errors.size(), errors.toString());
    assertTrue(errors.getFirst().startsWith(place), errors.getFirst());
    assertTrue(errors.getFirst().contains(why), errors.getFirst());
  }

  private static void warned(String place, String why, String... rules) {
    List<String> warnings = Sample.warnings(rules(rules));
    assertTrue(
        warnings.stream().anyMatch(text -> text.startsWith(place) && text.contains(why)),
        warnings.toString());
  }

  @Test
  void everyPartOfARuleIsRead() {
    // When
    Configuration configuration =
        Sample.loaded(
            rules(
                "{name: writes, owner: secops, until: 2030-06-30, effect: require-approval, when:"
                    + " {environment: [staging], methods: [POST]}, scope: task, wait: 5s, count:"
                    + " 2}",
                "{name: try, effect: deny, mode: observe, when: {days: [sat, sun], hours:"
                    + " \"22:00-06:00\", agents: [\"spiffe://example.org/agent/*\"]}}"));

    // Then
    PolicyRule writes = configuration.rules().getFirst();
    assertEquals("policy.rules.writes", writes.place());
    assertEquals("secops", writes.owner());
    assertEquals(Effect.REQUIRE_APPROVAL, writes.effect());
    assertEquals(Instant.parse("2030-07-01T00:00:00Z"), writes.until().orElseThrow());
    assertEquals(Duration.ofSeconds(5), writes.approval().orElseThrow().held());
    assertEquals(PolicyRule.Scope.TASK, writes.approval().orElseThrow().scope());
    assertEquals(2, writes.approval().orElseThrow().count());
    PolicyRule tried = configuration.rules().getLast();
    assertTrue(tried.observe());
    assertEquals(3, tried.when().size());
  }

  @Test
  void anExpressionIsReadWithTheRuleAndItsMistakesHaveAPlace() {
    assertEquals(
        List.of(),
        Sample.errors(
            rules("{name: few, effect: allow, when: {kinds: [restock]}, cel: task.calls < 500}")));
    refused(
        "policy.rules[0].cel",
        "undeclared",
        "{name: few, effect: allow, when: {kinds: [restock]}, cel: task.cals < 500}");
    refused(
        "policy.rules[0]",
        "merely says",
        "{name: a, effect: allow, cel: 'task.purpose == \"manual order\"'}");
  }

  @Test
  void allowingOnWhatIsOnlySaidIsRefused() {
    refused(
        "policy.rules[0]",
        "merely says",
        "{name: a, effect: allow, when: {purposes: [\"manual order\"]}}");
    refused("policy.rules[0]", "merely says", "{name: a, effect: allow, when: {labels: {a: b}}}");
    refused(
        "policy.rules[0]",
        "merely says",
        "{name: a, effect: allow, when: {intent: [agrees], on-behalf-of: [anna]}}");
    assertEquals(
        List.of(),
        Sample.errors(
            rules(READS, "{name: a, effect: deny, when: {purposes: [\"manual order\"]}}")));
  }

  @Test
  void nameThatLeadsNowhereIsRefused() {
    refused(
        "policy.rules[0].when.kinds[0]",
        "did you mean restock?",
        "{name: a, effect: allow, when: {kinds: [restok]}}");
    refused(
        "policy.rules[0].when.destinations[0]",
        "no destinations.nowhere",
        "{name: a, effect: allow, when: {destinations: [nowhere]}}");
    refused(
        "policy.rules[0].when.credentials[0]",
        "no credentials.none",
        "{name: a, effect: allow, when: {credentials: [none]}}");
    refused(
        "policy.rules[0].when.signals[0]",
        "signals: file",
        "{name: a, effect: deny, when: {signals: [incident]}}");
    refused("policy.rules[1].name", "another rule", READS, "{name: reads, effect: deny}");
  }

  @Test
  void howToAskBelongsToRulesThatAsk() {
    refused("policy.rules[0].wait", "require-approval only", "{name: a, effect: deny, wait: 5s}");
    refused(
        "policy.rules[0].scope", "require-approval only", "{name: a, effect: allow, scope: task}");
  }

  @Test
  void tenMistakesAreTenErrors() {
    // When
    List<String> errors =
        Sample.errors(
            rules(
                "{name: A, effect: permit}",
                "{effect: allow, when: {metods: [GET]}}",
                "{name: b, effect: deny, when: {days: [sunday], hours: \"22:00\"}}",
                "{name: c, effect: require-approval, until: soon, scope: all, wait: 1h}",
                "{name: d, effect: deny, when: {classification: [secret]}}"));

    // Then
    assertEquals(10, errors.size(), String.join("\n", errors));
  }

  @Test
  void ruleThatCanDoNothingIsPointedOut() {
    warned(
        "policy.rules[0].when.environment[0]",
        "can never match",
        "{name: a, effect: allow, when: {environment: [productoin]}}");
    warned(
        "policy.rules[0].when.purposes[0]",
        "can never match",
        "{name: a, effect: deny, when: {kinds: [restock], purposes: [fun]}}");
    warned(
        "policy.rules[0].until", "allows nothing", "{name: a, effect: allow, until: 2020-01-01}");
    warned(
        "policy.rules[0].until", "goes on denying", "{name: a, effect: deny, until: 2020-01-01}");
    warned(
        "policy.rules[1]",
        "has no effect: policy.rules.reads",
        READS,
        "{name: b, effect: allow, when: {kinds: [restock], methods: [GET], environment:"
            + " [staging]}}");
    warned(
        "policy.rules[0]",
        "has no effect: policy.rules.never",
        READS,
        "{name: never, effect: deny, when: {kinds: [restock]}}");
    assertTrue(
        Sample.warnings(
                rules(READS, "{name: b, effect: deny, when: {kinds: [restock], methods: [POST]}}"))
            .stream()
            .noneMatch(warning -> warning.startsWith("policy")));
  }

  @Test
  void engineOfAnotherMachineIsAskedOverTlsOnly() {
    // Given
    String engine = "policy: {engines: [{opa: {url: \"http://127.0.0.1:8181/v1/data/x\"}}]}\n";

    // Then
    assertEquals(1, Sample.loaded(Sample.text() + engine).engines().size());
    List<String> errors =
        Sample.errors(Sample.text() + engine.replace("127.0.0.1", "opa.internal"));
    assertEquals(1, errors.size(), errors.toString());
    assertTrue(errors.getFirst().startsWith("policy.engines[0].opa.url"), errors.getFirst());
    assertEquals(
        List.of(),
        Sample.errors(Sample.text() + engine.replace("http://127.0.0.1", "https://opa.internal")));
  }

  @Test
  void whatAuthZenAsksAboutCannotBeLeftOut() {
    for (String fact : List.of("principal.agent", "action.method", "resource.destination")) {
      List<String> errors =
          Sample.errors(
              Sample.text()
                  + "policy: {engines: [{authzen: {url: \"http://127.0.0.1:1/x\", without: ["
                  + fact
                  + "]}}]}\n");
      assertEquals(1, errors.size(), errors.toString());
      assertTrue(errors.getFirst().contains("cannot be left out"));
    }
  }

  @Test
  void cacheThatCanHaveNoEffectIsPointedOut() {
    String engine =
        "policy: {cache: 5s, engines: [{opa: {url: \"http://127.0.0.1:8181/v1/data/x\"}}]}\n";
    String told =
        "[context.time, task.age_seconds, task.time_left_seconds, context.calls, context.bytes,"
            + " context.denials, context.signals]";

    assertTrue(
        Sample.warnings(Sample.text() + engine).stream()
            .anyMatch(warning -> warning.contains("context.time")));
    assertFalse(
        Sample.warnings(Sample.text() + engine.replace("data/x\"", "data/x\", without: " + told))
            .stream()
            .anyMatch(warning -> warning.startsWith("policy")));
  }

  @Test
  void agentThatNoKindNamesIsRefused() {
    // When
    List<String> errors =
        Sample.errors(
            Sample.text()
                + "agents:\n  \"spiffe://example.org/agent/other\": {autonomy: bounded}\n");

    // Then
    assertEquals(1, errors.size(), errors.toString());
    assertTrue(errors.getFirst().contains("no kind names it"));
  }

  @Test
  void signalsAreReadAndChangeTheVersion(@TempDir Path folder) throws Exception {
    // Given
    Path file = folder.resolve("signals.yaml");
    String yaml =
        Sample.text()
            + "policy: {rules: [{name: a, effect: deny, when: {signals: [incident]}}]}\n"
            + "signals: file:"
            + file
            + "\n";

    // When
    Files.writeString(file, "incident: true\nfreeze: {from: 2030-01-01T00:00:00Z}\n");
    Configuration on = Sample.loaded(yaml);
    Files.writeString(file, "incident: false\n");
    Configuration off = Sample.loaded(yaml);

    // Then
    Signals signals = on.signals();
    assertTrue(signals.isOn("incident", Instant.EPOCH));
    assertFalse(signals.isOn("freeze", Instant.EPOCH));
    assertTrue(signals.isOn("freeze", Instant.parse("2030-01-01T00:00:00Z")));
    assertFalse(off.signals().isOn("incident", Instant.EPOCH));
    assertFalse(on.version().equals(off.version()));

    // When
    Files.writeString(file, "incident: maybe\n");

    // Then
    assertEquals(1, Sample.errors(yaml).size());
    Files.delete(file);
    assertEquals(1, Sample.errors(yaml).size());
  }
}
