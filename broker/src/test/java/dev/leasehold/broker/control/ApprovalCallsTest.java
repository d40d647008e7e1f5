package dev.leasehold.broker.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import dev.leasehold.broker.approval.Approvers;
import dev.leasehold.broker.policy.Condition;
import dev.leasehold.broker.policy.Effect;
import dev.leasehold.broker.policy.Fact;
import dev.leasehold.broker.policy.PolicyRule;
import dev.leasehold.broker.policy.PolicyRule.Asking;
import dev.leasehold.broker.policy.PolicyRule.Scope;
import dev.leasehold.broker.testing.IdProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Humans answer over HTTP, at a listener of their own; here about the opening of a task. */
final class ApprovalCallsTest {
  private static final PolicyRule ASKS =
      new PolicyRule(
          "policy.rules.openings",
          "",
          Optional.empty(),
          Effect.REQUIRE_APPROVAL,
          false,
          List.of(
              new Condition.OneOf(Fact.ACTION, Set.of("open-task")),
              new Condition.OneOf(Fact.KIND, Set.of("restock"))),
          Optional.of(new Asking(Optional.of("ops"), Scope.CALL, Duration.ofSeconds(30), 1)));

  @TempDir private Path folder;

  private IdProvider provider;
  private Approvers approvers;

  @BeforeEach
  void provide() throws IOException, JOSEException {
    provider = new IdProvider();
    approvers =
        new Approvers(
            Map.of("ops", List.of(provider.approvers(folder))),
            InstantSource.system(),
            token -> Optional.empty());
  }

  private String anna(Instant loggedInAt) throws JOSEException {
    return provider.sign(IdProvider.claims("anna", loggedInAt));
  }

  private CompletableFuture<RawCaller.Got> opening(ControlTester tester) {
    CompletableFuture<RawCaller.Got> answer = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                answer.complete(tester.open());
              } catch (IOException broken) {
                answer.completeExceptionally(broken);
              }
            });
    return answer;
  }

  private String question(ControlTester tester) throws Exception {
    String[] id = new String[1];
    String token = anna(Instant.now());
    ControlTester.await(
        "a question",
        () -> {
          try {
            String list = tester.asApprover(token, Route.APPROVALS, "/v1/approvals", "").body();
            int at = list.indexOf("apr_");
            id[0] = at < 0 ? "" : list.substring(at, list.indexOf('"', at));
            return at >= 0;
          } catch (IOException broken) {
            throw new java.io.UncheckedIOException(broken);
          }
        });
    return "/v1/approvals/" + id[0];
  }

  private static String decision(String word, String digest) {
    return "{\"decision\":\"" + word + "\",\"digest\":\"" + digest + "\",\"reason\":\"fine\"}";
  }

  @Test
  void taskIsOpenedWhenAHumanHasAgreedAndNotBefore() throws Exception {
    try (ControlTester tester = ControlTester.setup().rules(ASKS).approvers(approvers).start()) {
      // Given
      CompletableFuture<RawCaller.Got> opened = opening(tester);
      String path = question(tester);
      String token = anna(Instant.now().plusSeconds(1));
      RawCaller.Got shown = tester.asApprover(token, Route.APPROVAL, path, "");
      assertEquals("open-task", shown.member("action"));
      assertTrue(shown.member("agent_says").contains("nightly restock"));
      assertFalse(opened.isDone());

      // When
      RawCaller.Got decided =
          tester.asApprover(
              token, Route.DECIDE, path + "/decision", decision("approve", shown.member("digest")));

      // Then
      assertEquals(200, decided.status());
      assertEquals(201, opened.join().status());
    }
  }

  @Test
  void answerThatDoesNotCountChangesNothing() throws Exception {
    try (ControlTester tester = ControlTester.setup().rules(ASKS).approvers(approvers).start()) {
      // Given
      CompletableFuture<RawCaller.Got> opened = opening(tester);
      String path = question(tester);
      String fresh = anna(Instant.now().plusSeconds(1));
      String digest = tester.asApprover(fresh, Route.APPROVAL, path, "").member("digest");
      String decide = path + "/decision";

      // Then
      String stale = anna(Instant.now().minusSeconds(30));
      assertEquals(403, status(tester, stale, decide, decision("approve", digest)));
      assertEquals(403, status(tester, fresh, decide, decision("approve", "0".repeat(64))));
      assertEquals(400, status(tester, fresh, decide, decision("maybe", digest)));
      assertEquals(401, status(tester, "no.token.here", decide, decision("approve", digest)));
      assertEquals(
          404, status(tester, fresh, "/v1/approvals/apr_0/decision", decision("deny", digest)));
      assertFalse(opened.isDone());

      // When
      assertEquals(200, status(tester, fresh, decide, decision("deny", digest)));

      // Then
      RawCaller.Got refused = opened.join();
      assertEquals(403, refused.status());
      assertEquals("policy.rules.openings", refused.member("rule"));
      assertTrue(tester.tasks().open().stream().noneMatch(task -> task.isActive()));
    }
  }

  private static int status(ControlTester tester, String token, String path, String body)
      throws IOException {
    return tester.asApprover(token, Route.DECIDE, path, body).status();
  }

  @Test
  void nobodyElseAnswersAndApproversDoNothingElse() throws Exception {
    try (ControlTester tester = ControlTester.setup().rules(ASKS).approvers(approvers).start()) {
      // The process's own uid is the sidecar's.
      assertEquals(403, tester.asApprover("", Route.APPROVALS, "/v1/approvals", "").status());
      for (String token : List.of(ControlTester.OPERATOR_TOKEN, ControlTester.BUYER_TOKEN)) {
        assertEquals(403, tester.withToken(token, Route.APPROVALS, "/v1/approvals", "").status());
        assertEquals(401, tester.asApprover(token, Route.APPROVALS, "/v1/approvals", "").status());
      }
      String anna = anna(Instant.now());
      assertEquals(403, tester.asApprover(anna, Route.ACCESS, "/v1/access", "").status());
      assertEquals(
          403, tester.asApprover(anna, Route.OPEN, "/v1/tasks", ControlTester.OPENING).status());
      assertEquals(401, tester.withToken(anna, Route.LIST, "/v1/tasks", "").status());
    }
  }
}
