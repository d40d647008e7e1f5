package dev.leasehold.broker.control;

import static dev.leasehold.broker.control.ControlTester.OPERATOR_TOKEN;
import static dev.leasehold.broker.control.ControlTester.svidOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.approval.ApproverRule;
import dev.leasehold.broker.approval.Approvers;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Approvers set rules aside, and nobody else does. */
class BreakGlassApiTest {
  private static final String ANNA = "spiffe://example.org/human/anna";
  private static final String BEN = "spiffe://example.org/human/ben";
  private static final String WISH =
      "{\"kind\":\"restock\",\"reason\":\"the shop is down\",\"for\":\"15m\"}";

  private static ControlTester tester() throws Exception {
    Approvers approvers =
        new Approvers(
            Map.of("ops", List.of(new ApproverRule.Svid(ANNA), new ApproverRule.Svid(BEN))),
            InstantSource.system(),
            token ->
                List.of(ANNA, BEN).stream().filter(id -> token.equals(svidOf(id))).findFirst());
    return ControlTester.setup().approvers(approvers).start();
  }

  @Test
  void approversOpenConfirmAndEndOneAndOperatorsSeeIt() throws Exception {
    try (ControlTester tester = tester()) {
      // When
      RawCaller.Got opened = tester.asApprover(svidOf(ANNA), Route.BREAK, "/v1/break-glass", WISH);
      String path = "/v1/break-glass/" + opened.member("id");
      RawCaller.Got confirmed =
          tester.asApprover(svidOf(BEN), Route.CONFIRM, path + "/confirm", "{}");
      RawCaller.Got again = tester.asApprover(svidOf(BEN), Route.CONFIRM, path + "/confirm", "{}");
      RawCaller.Got seen =
          tester.withToken(OPERATOR_TOKEN, Route.BREAK_GLASSES, "/v1/break-glass", "");
      RawCaller.Got shown = tester.asApprover(svidOf(ANNA), Route.BREAK_GLASS, path, "");
      RawCaller.Got ended = tester.withToken(OPERATOR_TOKEN, Route.MEND, path, "");

      // Then
      assertEquals(201, opened.status(), opened.body());
      assertEquals(200, confirmed.status(), confirmed.body());
      assertEquals("forbidden", again.problem());
      assertTrue(seen.body().contains(opened.member("id")), seen.body());
      assertEquals("0", shown.member("used"));
      assertEquals(200, ended.status(), ended.body());
      String log = Files.readString(tester.auditLog());
      for (String what : List.of("opened", "confirmed", "ended")) {
        assertTrue(log.contains("\"break-glass." + what + "\""), log);
      }
    }
  }

  @Test
  void nobodyElseSetsARuleAside() throws Exception {
    try (ControlTester tester = tester()) {
      String task = tester.open().member("token");
      for (String token : List.of(ControlTester.BUYER_TOKEN, OPERATOR_TOKEN, task)) {
        RawCaller.Got got = tester.withToken(token, Route.BREAK, "/v1/break-glass", WISH);
        assertEquals("forbidden", got.problem(), got.body());
      }
      assertEquals(
          "forbidden",
          tester.withToken(task, Route.BREAK_GLASSES, "/v1/break-glass", "").problem());
    }
  }

  @Test
  void badWishIsRefusedByName() throws Exception {
    try (ControlTester tester = tester()) {
      Map<String, String> wishes =
          Map.of(
              WISH.replace("restock", "none"), "'kind'",
              WISH.replace("15m", "soon"), "'for'",
              WISH.replace("\"kind\":\"restock\",", ""), "'task' or for 'kind'");
      for (Map.Entry<String, String> wish : wishes.entrySet()) {
        RawCaller.Got got =
            tester.asApprover(svidOf(ANNA), Route.BREAK, "/v1/break-glass", wish.getKey());
        assertEquals("invalid-request", got.problem(), got.body());
        assertTrue(got.member("detail").contains(wish.getValue()), got.body());
      }
      RawCaller.Got longer =
          tester.asApprover(
              svidOf(ANNA), Route.BREAK, "/v1/break-glass", WISH.replace("15m", "31m"));
      assertEquals("approvals.break-glass", longer.member("rule"));
      assertEquals(Optional.empty(), tester.tasks().locked());
    }
  }
}
