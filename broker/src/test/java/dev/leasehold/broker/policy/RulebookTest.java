package dev.leasehold.broker.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.destination.PathPattern;
import dev.leasehold.broker.policy.Condition.OneOf;
import dev.leasehold.broker.policy.Condition.Paths;
import dev.leasehold.broker.policy.Denial.Reason;
import dev.leasehold.broker.policy.PolicyTester.Asked;
import dev.leasehold.broker.policy.Signals.Window;
import dev.leasehold.broker.task.Autonomy;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RulebookTest {
  private static final OneOf GETS = new OneOf(Fact.METHOD, Set.of("GET"));

  private final PolicyTester tester = new PolicyTester();

  @Test
  void whatNoRuleMatchesIsDenied() {
    // Given
    tester.rule("reads", Effect.ALLOW, GETS);

    // Then
    assertEquals("policy.rules.reads", tester.granted("GET", "/v1/x").rule());
    Denial denial = tester.denied("POST", "/v1/x");
    assertEquals(Reason.POLICY_DENIED, denial.reason());
    assertEquals("policy.rules", denial.rule());
  }

  @Test
  void ruleNeverAllowsWhatTheDestinationDoesNot() {
    // Given
    tester.rule("all", Effect.ALLOW);

    // Then
    assertEquals("destinations.api.allow", tester.denied("GET", "/secret").rule());
  }

  @Test
  void denyWinsWhateverTheOrder() {
    // Given
    tester.rule("reads", Effect.ALLOW, GETS);
    tester.rule("ask", Effect.REQUIRE_APPROVAL, GETS);
    tester.rule("never", Effect.DENY, new Paths(List.of(PathPattern.parse("/v1/users/**"))));

    // Then
    assertEquals("policy.rules.never", tester.denied("GET", "/v1/users/me").rule());
    Denial asked = tester.denied("GET", "/v1/x");
    assertEquals(Reason.APPROVAL_REQUIRED, asked.reason());
    assertEquals("policy.rules.ask", asked.rule());
  }

  @Test
  void firstOfEqualsIsTheOneThatDecided() {
    // Given
    tester.rule("wide", Effect.ALLOW);
    tester.rule("narrow", Effect.ALLOW, GETS);

    // Then
    assertEquals("policy.rules.wide", tester.granted("GET", "/v1/x").rule());
  }

  @Test
  void ruleThatRanOutAllowsNothingAndSaysSo() {
    // Given
    tester.until("reads", Effect.ALLOW, tester.now().plusSeconds(60), GETS);
    tester.granted("GET", "/v1/x");

    // When
    tester.pass(Duration.ofSeconds(60));

    // Then
    Denial denial = tester.denied("GET", "/v1/x");
    assertEquals("policy.rules.reads", denial.rule());
    assertTrue(denial.detail().contains("run out"));
  }

  @Test
  void denialThatRanOutGoesOnDenying() {
    // Given
    tester.rule("reads", Effect.ALLOW, GETS);
    tester.until("frozen", Effect.DENY, tester.now().plusSeconds(60), GETS);

    // When
    tester.pass(Duration.ofSeconds(61));

    // Then
    assertEquals("policy.rules.frozen", tester.denied("GET", "/v1/x").rule());
  }

  @Test
  void approvalThatRanOutIsADenial() {
    // Given
    tester.consents((rule, facts) -> "apr_1");
    tester.until("ask", Effect.REQUIRE_APPROVAL, tester.now().plusSeconds(60), GETS);
    assertEquals("policy.rules.ask", tester.granted("GET", "/v1/x").rule());

    // When
    tester.pass(Duration.ofSeconds(61));

    // Then
    assertEquals(Reason.POLICY_DENIED, tester.denied("GET", "/v1/x").reason());
  }

  @Test
  void everyRuleThatAsksMustHaveItsAnswer() {
    // Given
    tester.consents((rule, facts) -> rule.place().endsWith("first") ? "apr_1" : null);
    tester.rule("first", Effect.REQUIRE_APPROVAL, GETS);
    tester.rule("second", Effect.REQUIRE_APPROVAL, GETS);

    // Then
    assertEquals("policy.rules.second", tester.denied("GET", "/v1/x").rule());
  }

  @Test
  void observedRuleChangesNothingAndIsTold() {
    // Given
    tester.rule("reads", Effect.ALLOW, GETS);
    tester.observed("no-reads", Effect.DENY, GETS);
    tester.observed("writes", Effect.ALLOW, new OneOf(Fact.METHOD, Set.of("POST")));

    // Then
    assertEquals(List.of("policy.rules.no-reads"), tester.granted("GET", "/v1/x").observed());
    assertEquals(List.of("policy.rules.writes"), tester.denied("POST", "/v1/x").observed());
  }

  @Test
  void levelOfAutonomyAsksAHumanAndNeverAllowsByItself() {
    // Given
    tester.agent(Optional.of(Autonomy.SUPERVISED));
    tester.kind(Optional.of(Autonomy.AUTONOMOUS));

    // Then
    tester.granted("GET", "/v1/x");
    Denial denial = tester.denied("POST", "/v1/x");
    assertEquals(Reason.APPROVAL_REQUIRED, denial.reason());
    assertEquals("autonomy.supervised.writes", denial.rule());

    // When
    tester.consents((rule, facts) -> "apr_1");
    tester.rule("reads", Effect.ALLOW, GETS);

    // Then
    assertEquals("policy.rules", tester.denied("POST", "/v1/x").rule());
  }

  @Test
  void signalIsOnInItsWindowOnly() {
    // Given
    tester.rule("reads", Effect.ALLOW, GETS);
    tester.rule("freeze", Effect.DENY, new Condition.SignalOn(Set.of("freeze")));
    Window window = new Window(tester.now().plusSeconds(10), tester.now().plusSeconds(20));
    tester.signals(new Signals(Map.of("freeze", List.of(window))));

    // Then
    tester.granted("GET", "/v1/x");
    tester.pass(Duration.ofSeconds(10));
    assertEquals("policy.rules.freeze", tester.denied("GET", "/v1/x").rule());
    tester.pass(Duration.ofSeconds(10));
    tester.granted("GET", "/v1/x");
  }

  @Test
  void daysAndHoursAreThoseOfUtc() {
    // Given
    DayOfWeek today = tester.now().atOffset(java.time.ZoneOffset.UTC).getDayOfWeek();
    LocalTime hour = tester.now().atOffset(java.time.ZoneOffset.UTC).toLocalTime();
    Condition days = new Condition.Days(Set.of(today));
    Condition night = new Condition.Hours(hour.plusHours(1), hour);
    Condition soon = new Condition.Hours(hour, hour.plusHours(1));

    // Then
    Facts facts = tester.facts("GET", "/v1/x");
    assertTrue(days.holds(facts));
    assertTrue(soon.holds(facts));
    assertTrue(!night.holds(facts));
  }

  @Test
  void statedIntentIsComparedWithWhatIsSeen() {
    // Given
    tester.rule("reads", Effect.ALLOW, GETS);
    tester.rule("odd", Effect.DENY, new OneOf(Fact.INTENT, Set.of("differs", "none")));

    // Then
    tester.denied("GET", "/v1/x");
    assertInstanceOf(Grant.class, tester.intending("read api/v1/**", "GET", "/v1/x"));
    assertInstanceOf(Denial.class, tester.intending("write api/v1/**", "GET", "/v1/x"));
    assertInstanceOf(Denial.class, tester.intending("read other", "GET", "/v1/x"));
    assertInstanceOf(Denial.class, tester.intending("read api/v2/**", "GET", "/v1/x"));
  }

  @Test
  void callThatGoesOnIsHeldToTheRulesOfNowWithItsOwnCounts() {
    // Given
    tester.rule("reads", Effect.ALLOW, GETS);
    tester.rule("few", Effect.DENY, new Condition.Over(Fact.CALLS, 3, true));
    Grant grant = tester.granted("GET", "/v1/x");
    tester.makeCalls(5);

    // Then
    tester.denied("GET", "/v1/x");
    assertNull(tester.policy().wouldDeny(grant));

    // When
    tester.rule("no-more", Effect.DENY, GETS);

    // Then
    Denial now = tester.policy().wouldDeny(grant);
    assertNotNull(now);
    assertEquals("policy.rules.no-more", now.rule());
  }

  @Test
  void openingIsForRulesThatSpeakOfIt() {
    // Given
    tester.rule("reads", Effect.ALLOW, GETS);
    tester.rule("no-one", Effect.DENY, new OneOf(Fact.KIND, Set.of("kind")));
    assertNull(tester.policy().opening(tester.task(), List.of()));

    // When
    tester.rule(
        "closed",
        Effect.DENY,
        new OneOf(Fact.ACTION, Set.of("open-task")),
        new OneOf(Fact.KIND, Set.of("kind")));

    // Then
    Denial denial = tester.policy().opening(tester.task(), List.of());
    assertNotNull(denial);
    assertEquals("policy.rules.closed", denial.rule());
  }

  /** The compiled rules say what reading them one after the other says. */
  @Test
  void indexChangesNoDecision() {
    Random random = new Random(7);
    int allowed = 0;
    int rounds = 4000;
    for (int round = 0; round < rounds; round++) {
      if (round % 40 == 0) {
        tester.clear();
        for (int i = 0; i < 30; i++) {
          tester.rule("r" + i, Asked.effect(random), Asked.conditions(random));
        }
      }
      String method = Asked.method(random);
      String path = Asked.path(random);
      Decision decision = tester.decide(method, path);
      String plain = plainly(tester.rules(), tester.facts(method, path));
      assertEquals(plain, decision.rule() + " " + (decision instanceof Grant));
      allowed += decision instanceof Grant ? 1 : 0;
    }
    assertTrue(allowed > rounds / 20 && allowed < rounds - rounds / 20, allowed + " allowed");
  }

  private static String plainly(List<PolicyRule> rules, Facts facts) {
    List<PolicyRule> matching = new ArrayList<>(rules);
    matching.removeIf(rule -> !rule.when().stream().allMatch(part -> part.holds(facts)));
    for (Effect effect : Effect.values()) {
      for (PolicyRule rule : matching) {
        if (rule.effect() == effect) {
          return rule.place() + " " + (effect == Effect.ALLOW);
        }
      }
    }
    return "policy.rules false";
  }
}
