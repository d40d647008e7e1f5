package dev.leasehold.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a policy says is said before it says it, by the same rules. */
final class PolicyCommandTest {
  private static final String RULES =
      """
      policy:
        rules:
          - {name: reads, effect: allow, when: {kinds: [restock], methods: [GET]}}
          - {name: orders, effect: require-approval, when: {kinds: [restock], methods: [POST]}, wait: 0s}
          - {name: frozen, owner: sre, effect: deny, when: {signals: [freeze]}}
      """;

  @TempDir private Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path config = Path.of("");

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("signals.yaml"), "freeze: false\n");
    config = folder.resolve("leasehold.yaml");
    Files.writeString(
        config, PolicyFiles.sample(folder) + RULES + "signals: file:" + folder + "/signals.yaml\n");
  }

  private int run(String... words) {
    return Main.run(
        List.of(words),
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Map.of()));
  }

  private String said() {
    return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
  }

  private int explain(String method, String path, String... more) {
    String[] words = {
      "policy",
      "explain",
      "--config",
      config.toString(),
      "--agent",
      "spiffe://example.org/agent/buyer",
      "--kind",
      "restock",
      "--purpose",
      "manual order",
      "--destination",
      "broker-api",
      "--method",
      method,
      "--path",
      path
    };
    String[] all = new String[words.length + more.length];
    System.arraycopy(words, 0, all, 0, words.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return run(all);
  }

  private int test(String... cases) throws IOException {
    StringBuilder text = new StringBuilder("cases:\n");
    for (String one : cases) {
      text.append("  - {agent: spiffe://example.org/agent/buyer, kind: restock,")
          .append(" purpose: manual order, destination: broker-api, ")
          .append(one)
          .append("}\n");
    }
    Path table = Files.writeString(folder.resolve("cases.yaml"), text);
    return run("policy", "test", table.toString(), "--config", config.toString());
  }

  @Test
  void casesThatComeOutAsExpectedPass() throws IOException {
    // When
    int status =
        test(
            "path: /api/overview, expect: allow, rule: policy.rules.reads",
            "path: /api/other, expect: deny, rule: destinations.broker-api.allow",
            "path: /api/users/me, expect: deny, rule: \"destinations.broker-api.deny[0]\"",
            "method: POST, path: /api/exchanges/shop/x/publish, expect: require-approval",
            "method: POST, path: /api/exchanges/shop/x/publish, approved: [policy.rules.orders],"
                + " expect: allow, rule: policy.rules.orders",
            "path: /api/overview, signals: [freeze], expect: deny, rule: policy.rules.frozen");

    // Then
    assertEquals(ExitStatus.DONE, status, said());
    assertTrue(said().contains("6 of 6 cases as expected"));
  }

  @Test
  void caseThatComesOutOtherwiseIsToldWithWhatCame() throws IOException {
    // When
    int status =
        test(
            "name: writes, method: POST, path: /api/exchanges/shop/x/publish, expect: allow",
            "path: /api/overview, expect: allow, rule: policy.rules.orders",
            "path: /api/overview, expect: allow");

    // Then
    assertEquals(ExitStatus.NO, status);
    assertTrue(
        said()
            .contains(
                "FAILED  writes: expected allow, got require-approval by policy.rules.orders"));
    assertTrue(said().contains("got allow by policy.rules.reads"));
    assertTrue(said().contains("1 of 3 cases as expected"));
  }

  @Test
  void everyMistakeOfATableIsListedAtOnce() throws IOException {
    // When
    int status =
        test(
            "path: /api/overview, expect: perhaps",
            "pat: /x, expect: deny",
            "expect: deny, calls: -1");

    // Then
    assertEquals(ExitStatus.CONFIG, status);
    assertEquals(
        3,
        err.toString(StandardCharsets.UTF_8).lines().filter(l -> l.contains("cases[")).count(),
        said());
  }

  @Test
  void explanationNamesEachRuleAndWhyNot() {
    // When
    int status = explain("POST", "/api/exchanges/shop/x/publish");

    // Then
    assertEquals(ExitStatus.NO, status, said());
    assertTrue(said().startsWith("require-approval by policy.rules.orders"), said());
    assertTrue(said().contains("policy.rules.reads: action.method is not one of [GET], seen POST"));
    assertTrue(said().contains("policy.rules.orders: decided"));
    assertTrue(said().contains("policy.rules.frozen: context.signals has none of [freeze]"));
  }

  @Test
  void explanationOfWhatTheDestinationDeniesAsksNoRule() {
    // When
    int status = explain("GET", "/api/users/me", "--json");

    // Then
    assertEquals(ExitStatus.NO, status);
    assertTrue(said().contains("\"rule\":\"destinations.broker-api.deny[0]\""), said());
    assertTrue(said().contains("\"rules\":[]"));
  }

  @Test
  void explanationNeedsWhatItIsAbout() {
    assertEquals(ExitStatus.USAGE, run("policy", "explain", "--config", config.toString()));
    assertEquals(ExitStatus.USAGE, run("policy"));
    assertEquals(ExitStatus.USAGE, explain("GET", "/x", "--action", "fly"));
  }
}
