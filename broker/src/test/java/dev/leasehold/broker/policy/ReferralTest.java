package dev.leasehold.broker.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Between the rules' yes and the grant stand the engines, all of them. */
final class ReferralTest {
  private final PolicyTester tester = new PolicyTester();

  private record Says(String name, Supplier<CompletionStage<Opinion>> what) implements Engine {
    @Override
    public CompletionStage<Opinion> ask(Facts facts) {
      return what.get();
    }
  }

  private static Engine says(String name, Opinion opinion) {
    return new Says(name, () -> CompletableFuture.completedFuture(opinion));
  }

  private Decision settled() {
    return assertInstanceOf(Referral.class, tester.decide("GET", "/v1/x"))
        .ask()
        .toCompletableFuture()
        .join();
  }

  @Test
  void grantNeedsEveryEngine() {
    // Given
    tester.engines(says("one", new Opinion.Allows("a")), says("two", new Opinion.Allows("")));
    assertEquals(List.of("one:a"), assertInstanceOf(Grant.class, settled()).engineDecisions());

    // When
    tester.engines(says("one", new Opinion.Allows("a")), says("two", new Opinion.Denies("b", "")));

    // Then
    Denial denial = assertInstanceOf(Denial.class, settled());
    assertEquals(Denial.Reason.POLICY_DENIED, denial.reason());
    assertEquals("policy.engines.two", denial.rule());
  }

  private static Engine wants(String name, String... obligations) {
    return says(
        name, new Opinion.Allows("", Obligations.parse(List.of(obligations)).orElseThrow()));
  }

  @Test
  void grantCarriesTheStricterOfWhatAllEnginesWant() {
    tester.engines(wants("one", "life=60s"), wants("two", "cut", "life=5s"), wants("three"));

    Obligations obligations = assertInstanceOf(Grant.class, settled()).obligations();

    assertTrue(obligations.cuts());
    assertEquals(Duration.ofSeconds(5), obligations.life().orElseThrow());
  }

  @Test
  void callThatOutlivesWhatAnEngineAllowsWouldBeDenied() {
    // Given
    tester.engines(wants("one", "life=5s"));
    Grant grant = assertInstanceOf(Grant.class, settled());

    // When
    tester.pass(Duration.ofSeconds(4));
    Denial before = tester.policy().wouldDeny(grant);
    tester.pass(Duration.ofSeconds(2));
    Denial after = tester.policy().wouldDeny(grant);

    // Then
    assertNull(before);
    assertEquals(Denial.Reason.POLICY_DENIED, Objects.requireNonNull(after).reason());
  }

  @Test
  void moreCallsInAMinuteThanAnEngineWantsAreDenied() {
    // Given
    tester.engines(wants("one", "rate=2/m"));
    Grant first = assertInstanceOf(Grant.class, settled());
    tester.policy().askAgain(first).orElseThrow().toCompletableFuture().join(); // no new call
    assertInstanceOf(Grant.class, settled());

    // When
    Denial third = assertInstanceOf(Denial.class, settled());
    tester.pass(Duration.ofMinutes(1));

    // Then
    assertEquals("policy.engines.one.rate", third.rule());
    assertInstanceOf(Grant.class, settled());
  }

  @Test
  void engineCanHaveAHumanAsked() {
    // Given
    tester.engines(wants("one", "require-approval=ops"), wants("two", "rate=1/m"));

    // When
    Denial question = assertInstanceOf(Denial.class, settled());
    PolicyRule asking = question.asks().orElseThrow().rule();
    tester.consents((rule, facts) -> rule.equals(asking) ? "apr_1" : null);
    Grant grant = assertInstanceOf(Grant.class, settled());

    // Then
    assertEquals(Denial.Reason.APPROVAL_REQUIRED, question.reason());
    assertEquals("policy.engines.one", question.rule());
    assertEquals("ops", asking.approval().orElseThrow().approvers().orElseThrow());
    assertEquals("apr_1", grant.approval());
  }

  private Decision askedAgain(Grant grant) {
    return tester.policy().askAgain(grant).orElseThrow().toCompletableFuture().join();
  }

  @Test
  void laterYesThatAsksForMoreThanTheCallWasBegunWithIsANo() {
    // Given
    tester.engines(wants("one"));
    Grant plain = assertInstanceOf(Grant.class, settled());

    // Then
    tester.engines(wants("one", "cut"));
    assertInstanceOf(Denial.class, askedAgain(plain));
    assertInstanceOf(Grant.class, askedAgain(assertInstanceOf(Grant.class, settled())));
    tester.engines(wants("one", "life=5s"));
    assertInstanceOf(Grant.class, askedAgain(plain));
    tester.pass(Duration.ofSeconds(6));
    assertInstanceOf(Denial.class, askedAgain(plain));
  }

  @Test
  void enginesThatAReloadAddsAreAskedAboutCallsThatWereThereBefore() {
    Grant before = assertInstanceOf(Grant.class, tester.decide("GET", "/v1/x"));

    tester.engines(says("one", new Opinion.Denies("", "")));

    assertInstanceOf(Denial.class, askedAgain(before));
  }

  @Test
  void bugWhileSettlingDeniesInsteadOfLeavingTheCallWithoutAnAnswer() {
    tester.engines(wants("one", "require-approval"));
    tester.consents(
        (rule, facts) -> {
          throw new IllegalStateException("a bug");
        });

    assertEquals(
        Denial.Reason.POLICY_UNAVAILABLE, assertInstanceOf(Denial.class, settled()).reason());
  }

  @Test
  void clearNoComesBeforeAQuestion() {
    tester.engines(wants("one", "require-approval"), says("two", new Opinion.Denies("", "")));

    assertEquals(Denial.Reason.POLICY_DENIED, assertInstanceOf(Denial.class, settled()).reason());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "cut ",
        "redact",
        "life=0s",
        "life=60",
        "rate=0/m",
        "rate=1/s",
        "require-approval=A B"
      })
  void whatNobodyKnowsHowToDoIsNoObligation(String text) {
    assertEquals(Optional.empty(), Obligations.parse(List.of("cut", text)));
  }

  @Test
  void engineWithABugGivesNoAnswerAndDenies() {
    // Given
    Engine throwing =
        new Says(
            "bug",
            () -> {
              throw new IllegalStateException("a bug");
            });
    Engine failing =
        new Says("late", () -> CompletableFuture.failedFuture(new IllegalStateException("a bug")));

    for (Engine engine : List.of(throwing, failing)) {
      // When
      tester.engines(says("one", new Opinion.Allows("a")), engine);

      // Then
      Denial denial = assertInstanceOf(Denial.class, settled());
      assertEquals(Denial.Reason.POLICY_UNAVAILABLE, denial.reason());
      assertEquals("policy.engines." + engine.name(), denial.rule());
    }
  }

  @Test
  void engineIsNotAskedAboutWhatTheRulesDeny() {
    // Given
    tester.rule("never", Effect.DENY);
    tester.engines(says("one", new Opinion.Allows("a")));

    // Then
    assertEquals("policy.rules.never", tester.denied("GET", "/v1/x").rule());
  }
}
