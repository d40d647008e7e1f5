package dev.leasehold.broker.approval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.leasehold.broker.approval.Approval.State;
import dev.leasehold.broker.approval.Approvals.Asked;
import dev.leasehold.broker.approval.Approvals.Refusal;
import dev.leasehold.broker.audit.AuditEvent;
import dev.leasehold.broker.policy.Condition;
import dev.leasehold.broker.policy.Effect;
import dev.leasehold.broker.policy.Fact;
import dev.leasehold.broker.policy.Facts;
import dev.leasehold.broker.policy.PolicyFacts;
import dev.leasehold.broker.policy.PolicyRule;
import dev.leasehold.broker.policy.PolicyRule.Asking;
import dev.leasehold.broker.policy.PolicyRule.Scope;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.broker.testing.IdProvider;
import dev.leasehold.broker.testing.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ApprovalsTest {
  private final ManualClock clock = new ManualClock();
  private final Metrics metrics = new Metrics("test", "test");
  private final List<AuditEvent> events = new ArrayList<>();
  private final Approvals approvals = new Approvals(clock, events::add, metrics);
  private final PolicyFacts facts = new PolicyFacts(clock);

  @AfterEach
  void close() {
    metrics.close();
  }

  private static PolicyRule rule(Scope scope, int count) {
    return new PolicyRule(
        "policy.rules.ask",
        "",
        Optional.empty(),
        Effect.REQUIRE_APPROVAL,
        false,
        List.of(),
        Optional.of(new Asking(Optional.of("ops"), scope, Duration.ZERO, count)));
  }

  private static Approver approver(String subject, String... groups) {
    return new Approver(subject, Set.of(groups), Optional.empty());
  }

  private Approval ask(PolicyRule rule, Facts of) {
    return assertInstanceOf(Asked.Pending.class, approvals.ask(rule, Shown.of(of))).approval();
  }

  private Optional<Refusal> agree(Approval approval, Approver by) {
    return approvals.answer(approval, by, true, approval.digest(), false, "");
  }

  @Test
  void twoApproversAreTwoHumans() {
    // Given
    Approval asked = ask(rule(Scope.TASK, 2), facts.call("POST", "/v1/a"));

    // Then
    assertEquals(Optional.empty(), agree(asked, approver("uid:1", "ops")));
    assertEquals(State.PENDING, approvals.state(asked));
    assertEquals(Optional.of(Refusal.SAME_APPROVER), agree(asked, approver("uid:1", "ops")));
    assertEquals(Optional.empty(), agree(asked, approver("uid:2", "ops")));
    assertEquals(State.APPROVED, approvals.state(asked));
  }

  @Test
  void answerOfAnotherGroupOrOfOtherFactsOrFromBeforeTheQuestionDoesNotCount() {
    // Given
    Approval asked = ask(rule(Scope.CALL, 1), facts.call("POST", "/v1/a"));
    Approver stale =
        new Approver("a#1", Set.of("ops"), Optional.of(asked.askedAt().minusSeconds(1)));

    // Then
    assertEquals(Optional.of(Refusal.NOT_IN_THE_GROUP), agree(asked, approver("uid:1", "dev")));
    assertEquals(Optional.of(Refusal.STALE_PROOF), agree(asked, stale));
    assertEquals(
        Optional.of(Refusal.OTHER_FACTS),
        approvals.answer(asked, approver("uid:1", "ops"), true, "0".repeat(64), false, ""));
    assertEquals(State.PENDING, approvals.state(asked));
  }

  @Test
  void approvalIsNoneOfAnotherRuleOfTheSameName() {
    // Given
    PolicyRule rule = rule(Scope.TASK, 1);
    agree(ask(rule, facts.call("POST", "/v1/a")), approver("uid:1", "ops"));
    PolicyRule wider =
        new PolicyRule(
            rule.place(),
            "",
            Optional.empty(),
            rule.effect(),
            false,
            List.of(new Condition.OneOf(Fact.METHOD, Set.of("POST", "DELETE"))),
            rule.approval());

    // Then
    assertNotNull(approvals.given(rule, facts.call("POST", "/v1/a")));
    assertNull(approvals.given(wider, facts.call("POST", "/v1/a")));
    assertInstanceOf(
        Asked.Pending.class, approvals.ask(wider, Shown.of(facts.call("POST", "/v1/a"))));
  }

  @Test
  void denialIsFinal() {
    // Given
    PolicyRule rule = rule(Scope.CALL, 1);
    Facts call = facts.call("POST", "/v1/a");
    Approval asked = ask(rule, call);
    approvals.answer(asked, approver("uid:1", "ops"), false, asked.digest(), false, "no");

    // Then
    assertEquals(Optional.of(Refusal.NOT_OPEN), agree(asked, approver("uid:2", "ops")));
    assertInstanceOf(Asked.Denied.class, approvals.ask(rule, Shown.of(call)));
  }

  @Test
  void oneCallMeansOnce() {
    // Given
    PolicyRule rule = rule(Scope.CALL, 1);
    Facts call = facts.call("POST", "/v1/a");
    Approval asked = ask(rule, call);
    agree(asked, approver("uid:1", "ops"));

    // Then
    assertInstanceOf(Asked.Approved.class, approvals.ask(rule, Shown.of(call)));
    assertEquals(Optional.empty(), approvals.redeem(asked));
    assertNotEquals(asked, ask(rule, call));
  }

  @Test
  void questionAndApprovalExpire() {
    // Given
    PolicyRule rule = rule(Scope.CALL, 1);
    Approval unanswered = ask(rule, facts.call("POST", "/v1/a"));
    clock.pass(Approvals.PATIENCE);
    assertEquals(Optional.of(Refusal.NOT_OPEN), agree(unanswered, approver("uid:1", "ops")));
    Approval unused = ask(rule, facts.call("POST", "/v1/b"));
    agree(unused, approver("uid:1", "ops"));

    // When
    clock.pass(Approvals.UNUSED);

    // Then
    assertEquals(Optional.empty(), approvals.redeem(unused));
    assertEquals(State.EXPIRED, approvals.state(unused));
  }

  @Test
  void approvedPathIsThatMethodAtThatPath() {
    // Given
    PolicyRule rule = rule(Scope.PATH, 1);
    Approval asked = ask(rule, facts.call("POST", "/v1/a"));
    agree(asked, approver("uid:1", "ops"));

    // Then
    assertEquals(asked.id(), approvals.given(rule, facts.call("POST", "/v1/a")));
    assertEquals(null, approvals.given(rule, facts.call("PUT", "/v1/a")));
    assertEquals(null, approvals.given(rule, facts.call("POST", "/v1/b")));
    assertEquals(null, approvals.given(rule, new PolicyFacts(clock).call("POST", "/v1/a")));
  }

  @Test
  void tokenCountsOnlyIfItIsForThisSidecarFromThisIssuerAndOfTheGroup(@TempDir Path folder)
      throws Exception {
    // Given
    IdProvider provider = new IdProvider();
    Approvers approvers =
        new Approvers(
            Map.of("ops", List.of(provider.approvers(folder))), clock, token -> Optional.empty());
    Instant now = clock.instant();
    JWTClaimsSet good = IdProvider.claims("anna", now);

    // Then
    Approver anna = approvers.byToken(provider.sign(good)).orElseThrow();
    assertEquals("https://id.example#anna", anna.subject());
    assertEquals(Set.of("ops"), anna.groups());
    assertEquals(Optional.of(now), anna.authenticatedAt());
    for (JWTClaimsSet wrong :
        List.of(
            new JWTClaimsSet.Builder(good).issuer("https://evil.example").build(),
            new JWTClaimsSet.Builder(good).audience("other").build(),
            new JWTClaimsSet.Builder(good).claim("groups", "dev").build(),
            new JWTClaimsSet.Builder(good)
                .expirationTime(Date.from(now.minusSeconds(300)))
                .build())) {
      assertEquals(Optional.empty(), approvers.byToken(provider.sign(wrong)));
    }
    assertEquals(Optional.empty(), approvers.byToken(new IdProvider().sign(good)));
    assertEquals(Optional.empty(), approvers.byToken("not.a.token"));
    Approver undated =
        approvers
            .byToken(provider.sign(new JWTClaimsSet.Builder(good).claim("auth_time", null).build()))
            .orElseThrow();
    Approval asked = ask(rule(Scope.CALL, 1), facts.call("POST", "/v1/a"));
    assertEquals(Optional.of(Refusal.STALE_PROOF), agree(asked, undated));
    assertTrue(events.size() == 1);
    assertFalse(approvers.byUid(0).isPresent());
  }
}
