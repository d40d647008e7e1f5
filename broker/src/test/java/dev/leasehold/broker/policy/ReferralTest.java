package dev.leasehold.broker.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

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
