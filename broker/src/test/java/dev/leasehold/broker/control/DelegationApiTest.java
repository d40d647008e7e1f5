package dev.leasehold.broker.control;

import static dev.leasehold.broker.control.ControlTester.BUYER_TOKEN;
import static dev.leasehold.broker.control.ControlTester.RESEARCHER;
import static dev.leasehold.broker.control.ControlTester.SELLER;
import static dev.leasehold.broker.control.ControlTester.SELLER_TOKEN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.control.JsonValue.JsonObject;
import dev.leasehold.broker.task.Task;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A task's token opens children; their agents show who they are. */
class DelegationApiTest {
  private static final String CHILD =
      "{\"agent\":\"" + RESEARCHER + "\",\"purpose\":\"a part\",\"destinations\":[\"weather\"]%s}";

  private static ControlTester.Setup delegating() {
    return ControlTester.setup().delegation("spiffe://example.org/agent/*");
  }

  private static RawCaller.Got delegate(ControlTester tester, String token, String more)
      throws Exception {
    return tester.withToken(token, Route.OPEN, "/v1/tasks", CHILD.formatted(more));
  }

  private static RawCaller.Got prove(ControlTester tester, RawCaller.Got child, String body)
      throws Exception {
    return tester.withToken(
        child.member("token"), Route.PROVE, "/v1/tasks/" + child.member("id") + "/proof", body);
  }

  private static String svid(String spiffeId) {
    return "{\"svid\":\"" + ControlTester.svidOf(spiffeId) + "\"}";
  }

  @Test
  void taskTokenOpensAChildOfItsTask() throws Exception {
    try (ControlTester tester = delegating().start()) {
      // Given
      RawCaller.Got parent = tester.open();

      // When
      RawCaller.Got child = delegate(tester, parent.member("token"), ",\"methods\":[\"GET\"]");

      // Then
      assertEquals(201, child.status(), child.body());
      Task task = tester.task(child.member("id"));
      assertEquals(List.of("weather"), task.destinations());
      assertEquals(parent.member("id"), task.parent().orElseThrow().id().text());
      assertFalse(child.body().contains(parent.member("token")));
      String log = Files.readString(tester.auditLog());
      assertTrue(log.contains("\"parent\":\"" + parent.member("id") + "\""), log);
      assertTrue(log.contains("\"narrowed\":\"methods=GET\""), log);
      assertTrue(log.contains("\"chain\":\"spiffe://example.org/agent/buyer " + RESEARCHER), log);
    }
  }

  @Test
  void parentSeesAndEndsItsChildAndTheChildNotItsParent() throws Exception {
    try (ControlTester tester = delegating().start()) {
      // Given
      RawCaller.Got parent = tester.open();
      RawCaller.Got child = delegate(tester, parent.member("token"), "");
      String childPath = "/v1/tasks/" + child.member("id");
      String parentPath = "/v1/tasks/" + parent.member("id");

      // When
      RawCaller.Got up = tester.withToken(child.member("token"), Route.SHOW, parentPath, "");
      RawCaller.Got stranger = tester.withToken(SELLER_TOKEN, Route.SHOW, childPath, "");
      RawCaller.Got shown = tester.withToken(BUYER_TOKEN, Route.SHOW, childPath, "");
      RawCaller.Got end =
          tester.withToken(
              parent.member("token"),
              Route.SIGNAL,
              childPath + "/signals?wait=10s",
              "{\"type\":\"cancelled\"}");

      // Then
      assertEquals(404, up.status());
      assertEquals(404, stranger.status());
      assertEquals(parent.member("id"), shown.member("parent"));
      assertEquals("complete", end.member("proof"));
      assertTrue(tester.task(parent.member("id")).isActive());
    }
  }

  @Test
  void endOfTheParentIsTheEndOfTheChild() throws Exception {
    try (ControlTester tester = delegating().start()) {
      // Given
      RawCaller.Got parent = tester.open();
      RawCaller.Got child = delegate(tester, parent.member("token"), "");

      // When
      RawCaller.Got end =
          tester.withToken(
              BUYER_TOKEN,
              Route.SIGNAL,
              "/v1/tasks/" + parent.member("id") + "/signals?wait=10s",
              "{\"type\":\"completed\"}");
      RawCaller.Got late = delegate(tester, parent.member("token"), "");

      // Then
      assertEquals("1", end.member("children"));
      assertEquals("parent", end(tester, child));
      assertEquals("task-ended", late.problem());
    }
  }

  private static String end(ControlTester tester, RawCaller.Got child) {
    return tester.task(child.member("id")).end().orElseThrow().signal().word();
  }

  @Test
  void widerChildIsRefusedByItsRuleAndWrittenDown() throws Exception {
    try (ControlTester tester = delegating().start()) {
      // Given
      RawCaller.Got parent = tester.open();

      // When
      RawCaller.Got refused =
          tester.withToken(
              parent.member("token"),
              Route.OPEN,
              "/v1/tasks",
              "{\"agent\":\"spiffe://example.com/x\",\"purpose\":\"p\"}");

      // Then
      assertEquals("forbidden", refused.problem());
      assertEquals("tasks.restock.delegation.to", refused.member("rule"));
      String log = Files.readString(tester.auditLog());
      assertTrue(log.contains("\"type\":\"task.refused\""), log);
      assertEquals(1, tester.tasks().open().size());
    }
  }

  @Test
  void badFieldsAreNamed() throws Exception {
    try (ControlTester tester = delegating().start()) {
      String token = tester.open().member("token");
      for (String field :
          List.of(
              "\"methods\":[\"get\"]",
              "\"paths\":[\"x\"]",
              "\"classification\":\"secret\"",
              "\"calls\":0",
              "\"calls\":1.5",
              "\"agent_proof\":\"word\"",
              "\"ttl\":\"soon\"",
              "\"labels\":[]")) {
        RawCaller.Got got = delegate(tester, token, "," + field);
        assertEquals("invalid-request", got.problem(), field);
        String name = field.substring(1, field.indexOf('"', 1));
        assertTrue(got.member("detail").contains("'" + name + "'"), got.body());
      }
      assertEquals(1, tester.tasks().open().size());
    }
  }

  @Test
  void agentShowsWhoItIsByItsSvidAndNobodyElseDoes() throws Exception {
    try (ControlTester tester = delegating().start()) {
      // Given
      RawCaller.Got child = delegate(tester, tester.open().member("token"), "");
      Task task = tester.task(child.member("id"));

      // When
      RawCaller.Got another = prove(tester, child, svid(SELLER));
      RawCaller.Got invalid = prove(tester, child, "{\"svid\":\"nonsense\"}");
      RawCaller.Got unavailable = prove(tester, child, "{\"svid\":\"a.b.unavailable\"}");
      RawCaller.Got nothing = prove(tester, child, "{}");
      boolean before = task.isProven();
      RawCaller.Got proven = prove(tester, child, svid(RESEARCHER));

      // Then
      assertEquals("forbidden", another.problem());
      assertEquals("unauthorized", invalid.problem());
      assertEquals("identity-unavailable", unavailable.problem());
      assertEquals("forbidden", nothing.problem());
      assertFalse(before);
      assertEquals(200, proven.status(), proven.body());
      assertEquals("svid", proven.member("agent_proof"));
      assertTrue(task.isProven());
      String log = Files.readString(tester.auditLog());
      assertTrue(log.contains("task.agent-proven"), log);
      assertTrue(log.contains("\"agent_proof\":\"svid\""), log);
    }
  }

  @Test
  void onlyTheHolderOfTheChildsTokenShowsWhoActsInIt() throws Exception {
    try (ControlTester tester = delegating().start()) {
      // Given
      RawCaller.Got parent = tester.open();
      RawCaller.Got child = delegate(tester, parent.member("token"), "");
      String path = "/v1/tasks/" + child.member("id") + "/proof";
      String svid = svid(RESEARCHER);

      // Then
      for (String token : List.of(parent.member("token"), BUYER_TOKEN)) {
        assertEquals("forbidden", tester.withToken(token, Route.PROVE, path, svid).problem());
      }
      assertFalse(tester.task(child.member("id")).isProven());
    }
  }

  @Test
  void uidOfTheChildsAgentIsEnoughWhereTheKindSaysSo() throws Exception {
    try (ControlTester tester = delegating().weakestProof("token").ownUidIs(RESEARCHER).start()) {
      // Given
      RawCaller.Got child =
          delegate(tester, tester.open().member("token"), ",\"agent_proof\":\"uid\"");

      // When
      RawCaller.Got elsewhere = prove(tester, child, "{}");
      RawCaller.Got got =
          tester.asUid(
              Route.PROVE,
              "/v1/tasks/" + child.member("id") + "/proof",
              "{}",
              "Authorization: Bearer " + child.member("token"));

      // Then
      assertEquals("forbidden", elsewhere.problem());
      assertEquals("uid", got.member("agent_proof"));
      assertTrue(tester.task(child.member("id")).isProven());
    }
  }

  @Test
  void repeatedKeyGivesTheSameChild() throws Exception {
    try (ControlTester tester = delegating().start()) {
      // Given
      String token = tester.open().member("token");
      String body = CHILD.formatted("");

      // When
      RawCaller.Got first =
          tester.withToken(token, Route.OPEN, "/v1/tasks", body, "Idempotency-Key: k");
      RawCaller.Got second =
          tester.withToken(token, Route.OPEN, "/v1/tasks", body, "Idempotency-Key: k");

      // Then
      assertEquals(first.member("id"), second.member("id"));
      assertEquals(2, tester.tasks().open().size());
    }
  }

  @Test
  void kindThatDoesNotDelegateSaysSo() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      RawCaller.Got got = delegate(tester, tester.open().member("token"), "");
      assertEquals("tasks.restock.delegation", got.member("rule"));
    }
  }

  @Test
  void accessViewShowsTheChain() throws Exception {
    try (ControlTester tester = delegating().start()) {
      // Given
      RawCaller.Got parent = tester.open();
      delegate(tester, parent.member("token"), "");

      // When
      JsonObject view =
          tester.withToken(ControlTester.OPERATOR_TOKEN, Route.ACCESS, "/v1/access", "").json();

      // Then
      assertTrue(view.toString().contains(RESEARCHER), view.toString());
    }
  }
}
