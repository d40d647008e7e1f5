package dev.leasehold.broker.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class ProblemTest {
  /** The stable names and statuses that clients may rely on. */
  private static final Map<String, Integer> PROMISED =
      Map.ofEntries(
          Map.entry("invalid-request", 400),
          Map.entry("ambiguous-request", 400),
          Map.entry("unauthorized", 401),
          Map.entry("forbidden", 403),
          Map.entry("destination-not-allowed", 403),
          Map.entry("rule-denied", 403),
          Map.entry("agent-unproven", 403),
          Map.entry("grant-refused", 403),
          Map.entry("address-refused", 403),
          Map.entry("task-ended", 403),
          Map.entry("not-found", 404),
          Map.entry("proxy-auth-required", 407),
          Map.entry("limit-exceeded", 413),
          Map.entry("target-mismatch", 421),
          Map.entry("idempotency-conflict", 422),
          Map.entry("connect-unsupported", 501),
          Map.entry("upstream-connect", 502),
          Map.entry("upstream-tls", 502),
          Map.entry("upstream-reset", 502),
          Map.entry("upstream-encoding", 502),
          Map.entry("secret-in-response", 502),
          Map.entry("credential-field-missing", 502),
          Map.entry("credential-invalid", 502),
          Map.entry("approval-required", 403),
          Map.entry("policy-unavailable", 503),
          Map.entry("vault-unavailable", 503),
          Map.entry("identity-unavailable", 503),
          Map.entry("audit-unavailable", 503),
          Map.entry("locked", 503),
          Map.entry("overloaded", 503),
          Map.entry("upstream-timeout", 504));

  @Test
  void namesAndStatusesAreThePromisedOnes() {
    // When
    Map<String, Integer> actual =
        Arrays.stream(Problem.values()).collect(Collectors.toMap(Problem::word, Problem::status));

    // Then
    assertEquals(new TreeMap<>(PROMISED), new TreeMap<>(actual));
  }

  @Test
  void bodyHoldsAllMembersInOrder() {
    // When
    byte[] body = Problem.RULE_DENIED.json(403, "no rule", "destinations.a.allow", "ask \"them\"");

    // Then
    assertEquals(
        "{\"type\":\"urn:leasehold:problem:rule-denied\",\"title\":\"A rule denies this call\","
            + "\"status\":403,\"detail\":\"no rule\",\"rule\":\"destinations.a.allow\","
            + "\"hint\":\"ask \\\"them\\\"\"}",
        new String(body, StandardCharsets.UTF_8));
  }

  @Test
  void emptyRuleAndHintAreLeftOut() {
    // When
    String body = new String(Problem.LOCKED.json("locked"), StandardCharsets.UTF_8);

    // Then
    assertFalse(body.contains("rule"));
    assertFalse(body.contains("hint"));
  }

  @Test
  void onlyLimitsHaveMoreThanOneStatus() {
    assertTrue(Problem.LIMIT_EXCEEDED.hasStatus(413));
    assertTrue(Problem.LIMIT_EXCEEDED.hasStatus(414));
    assertTrue(Problem.LIMIT_EXCEEDED.hasStatus(429));
    assertTrue(Problem.LIMIT_EXCEEDED.hasStatus(431));
    assertThrows(
        IllegalArgumentException.class, () -> Problem.LIMIT_EXCEEDED.json(400, "x", "", ""));
    assertThrows(IllegalArgumentException.class, () -> Problem.LOCKED.json(429, "x", "", ""));
  }

  @Test
  void everyUnavailableServiceMayBeRetried() {
    // When
    var retried =
        Arrays.stream(Problem.values())
            .filter(Problem::mayRetry)
            .map(Problem::word)
            .collect(Collectors.toSet());

    // Then
    assertEquals(
        java.util.Set.of(
            "vault-unavailable",
            "identity-unavailable",
            "policy-unavailable",
            "audit-unavailable",
            "locked",
            "overloaded"),
        retried);
  }
}
