package dev.leasehold.broker.control;

import static dev.leasehold.broker.control.ControlTester.RESEARCHER;
import static dev.leasehold.broker.control.ControlTester.SELLER;
import static dev.leasehold.broker.control.ControlTester.svidOf;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.leasehold.broker.approval.ApproverRule;
import dev.leasehold.broker.approval.Approvers;
import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.Task;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Callers and approvers that show a JWT-SVID for the sidecar. */
class SvidCallerTest {
  private static final String SURVEY = "{\"kind\":\"survey\",\"purpose\":\"a survey\"}";

  @Test
  void callerWithAnSvidOpensItsOwnTasksOnEitherListener() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // When
      RawCaller.Got onAddress =
          tester.withToken(svidOf(RESEARCHER), Route.OPEN, "/v1/tasks", SURVEY);
      RawCaller.Got onSocket =
          tester.asUid(
              Route.OPEN, "/v1/tasks", SURVEY, "Authorization: Bearer " + svidOf(RESEARCHER));

      // Then
      assertEquals(201, onAddress.status(), onAddress.body());
      assertEquals(201, onSocket.status(), onSocket.body());
      Task task = tester.task(onSocket.member("id"));
      assertEquals(RESEARCHER, task.agent());
      assertEquals(AgentProof.SVID, task.agentProof());
      assertEquals("svid:" + RESEARCHER, task.owner());
    }
  }

  @Test
  void otherSvidsAndInvalidOnesAreNobody() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      for (String token : List.of(svidOf(SELLER), "a.b.c", "a.b.unavailable")) {
        String problem = tester.withToken(token, Route.OPEN, "/v1/tasks", SURVEY).problem();
        assertEquals(
            token.endsWith("unavailable") ? "identity-unavailable" : "unauthorized",
            problem,
            token);
      }
      assertEquals(0, tester.tasks().open().size());
    }
  }

  @Test
  void approverIsKnownByAnSvid() throws Exception {
    Approvers approvers =
        new Approvers(
            Map.of("ops", List.of(new ApproverRule.Svid("spiffe://example.org/human/anna"))),
            InstantSource.system(),
            token ->
                token.equals(svidOf("spiffe://example.org/human/anna"))
                    ? Optional.of("spiffe://example.org/human/anna")
                    : Optional.empty());
    try (ControlTester tester = ControlTester.setup().approvers(approvers).start()) {
      // When
      RawCaller.Got anna =
          tester.asApprover(
              svidOf("spiffe://example.org/human/anna"), Route.APPROVALS, "/v1/approvals", "");
      RawCaller.Got other =
          tester.asApprover(svidOf(RESEARCHER), Route.APPROVALS, "/v1/approvals", "");

      // Then
      assertEquals(200, anna.status(), anna.body());
      assertEquals("unauthorized", other.problem());
    }
  }
}
