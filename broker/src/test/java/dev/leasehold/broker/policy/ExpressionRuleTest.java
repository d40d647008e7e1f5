package dev.leasehold.broker.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.engine.CelExpression;
import dev.leasehold.broker.policy.Explanation.Outcome;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules that ask in CEL: read strictly, bounded, and denied where they have no value. */
final class ExpressionRuleTest {
  private static final String NO_VALUE = "task.labels[\"absent\"] == \"a\"";

  private final PolicyTester tester = new PolicyTester();

  private static Condition cel(String text) {
    return new Condition.Expressed(CelExpression.parse(text));
  }

  private boolean holds(String text) {
    return CelExpression.parse(text).holds(tester.facts("POST", "/v1/orders/7"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "task.calls < 500",
        "context.calls < 500 && context.denials == 0 && context.bytes <= 10",
        "action.method in [\"POST\", \"PUT\"]",
        "resource.path.startsWith(\"/v1/orders/\")",
        "resource.path.matches(\"^/v1/[a-z]+/[0-9]+$\")",
        "principal.chain.exists(a, a.startsWith(\"spiffe://example.org/\"))",
        "principal.chain.all(a, a == principal.agent)",
        "\"team\" in task.labels && task.labels[\"team\"] == \"a\"",
        "!(\"incident\" in context.signals)",
        "timestamp(context.time).getFullYear() >= 1970",
        "resource.environment == \"production\" ? task.time_left_seconds > 60 : true"
      })
  void whatIsTrueOfACallHolds(String text) {
    assertTrue(holds(text));
    assertFalse(holds("!(" + text + ")"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "task.cals < 500 | undeclared",
        "task.calls < \"500\" | no matching overload",
        "resource.path | bool",
        "header.authorization == \"a\" | undeclared",
        "task.calls < | at character",
        "1 < 2 | looks at no fact",
        "principal == task | undeclared",
        "context.signals.map(s, s) == [] | undeclared"
      })
  void whatCannotBeMeantIsRefusedWhenItIsRead(String text, String why) {
    String message =
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> CelExpression.parse(text))
                .getMessage());
    assertTrue(message.contains(why), message);
    assertEquals(1, message.lines().count());
  }

  @Test
  void longOrDeepOnesAreRefused() {
    String deep = "(".repeat(100) + "task.calls < 1" + ")".repeat(100);
    String wide = "task.calls < 1 || ".repeat(200) + "task.calls < 1";
    for (String text : List.of(deep, wide)) {
      assertThrows(IllegalArgumentException.class, () -> CelExpression.parse(text));
    }
  }

  @Test
  void itLooksAtNothingButWhatItNames() {
    assertEquals(
        Set.of(Fact.CALLS, Fact.PATH),
        CelExpression.parse("task.calls < 5 && resource.path == \"/\"").facts());
  }

  @Test
  void itHoldsBesidesTheConditionsOfTheRule() {
    // Given
    tester.rule(
        "few",
        Effect.ALLOW,
        new Condition.OneOf(Fact.METHOD, Set.of("GET")),
        cel("task.calls < 3"));
    tester.makeCalls(2);

    // When
    Grant grant = tester.granted("GET", "/v1/a");
    tester.makeCalls(1);
    Denial denial = tester.denied("GET", "/v1/a");

    // Then
    assertEquals("policy.rules.few", grant.rule());
    assertEquals("policy.rules", denial.rule());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ALLOW", "DENY", "REQUIRE_APPROVAL"})
  void whatHasNoValueDeniesWithAReasonOfItsOwn(Effect effect) {
    // Given
    tester.rule("reads", Effect.ALLOW);
    tester.rule("broken", effect, cel(NO_VALUE));

    // When
    Denial denial = tester.denied("GET", "/v1/a");

    // Then
    assertEquals(Denial.Reason.POLICY_UNAVAILABLE, denial.reason());
    assertEquals("policy.rules.broken", denial.rule());
  }

  @Test
  void whatIsOnlyObservedDeniesNothingEvenWithoutAValue() {
    tester.rule("reads", Effect.ALLOW);
    tester.observed("broken", Effect.DENY, cel(NO_VALUE));

    assertEquals(List.of(), tester.granted("GET", "/v1/a").observed());
  }

  @Test
  void loopsWithinLoopsEndByThemselves() {
    String ten = "[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\"]";
    String loops =
        "%1$s.all(a, %1$s.all(b, %1$s.all(c, %1$s.all(d, task.calls >= 0))))".formatted(ten);
    tester.rule("bomb", Effect.ALLOW, cel(loops));

    assertEquals(Denial.Reason.POLICY_UNAVAILABLE, tester.denied("GET", "/v1/a").reason());
  }

  @Test
  void patternsThatGrowAreNotTried() {
    tester.rule("bomb", Effect.ALLOW, cel("resource.path.matches(\"((a{9}){99})+$\")"));

    assertEquals(Denial.Reason.POLICY_UNAVAILABLE, tester.denied("GET", "/v1/a").reason());
  }

  @Test
  void anExplanationShowsWhatWasSeen() {
    // Given
    tester.rule("few", Effect.ALLOW, cel("task.calls > 3 && resource.path == \"/v1/a\""));
    tester.rule("broken", Effect.DENY, cel(NO_VALUE));

    // When
    List<Explanation.Step> steps = tester.explained("GET", "/v1/a").steps();

    // Then
    assertEquals(Outcome.NOT_MATCHED, steps.getFirst().outcome());
    assertEquals(Set.of(Fact.CALLS, Fact.PATH), steps.getFirst().seen().keySet());
    assertEquals(Outcome.UNDECIDED, steps.getLast().outcome());
    assertInstanceOf(Condition.Expressed.class, steps.getLast().failing().orElseThrow());
  }
}
