package dev.leasehold.broker.control;

import static dev.leasehold.broker.control.ControlTester.BUYER_TOKEN;
import static dev.leasehold.broker.control.ControlTester.OPENING;
import static dev.leasehold.broker.control.ControlTester.OPERATOR_TOKEN;
import static dev.leasehold.broker.control.ControlTester.SELLER_TOKEN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.local.OwnUid;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who is served, and what each may do. */
class CallersTest {
  @Test
  void listedUidOpensOnTheSocketAsItsAgent() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // When
      RawCaller.Got got = tester.asUid(Route.OPEN, "/v1/tasks", OPENING);

      // Then
      assertEquals(201, got.status(), got.body());
      assertEquals(ControlTester.BUYER, tester.task(got.member("id")).agent());
      assertEquals("uid:" + OwnUid.read(), tester.task(got.member("id")).owner());
      assertEquals("uid", tester.task(got.member("id")).agentProof().word());
    }
  }

  @Test
  void uidWithoutAnEntryGetsNothing() throws Exception {
    try (ControlTester tester = ControlTester.setup().notListingOwnUid().start()) {
      for (Route route : Route.values()) {
        // When
        String body = route.body() == Route.Body.NONE ? "" : OPENING;
        RawCaller.Got got = tester.asUid(route, route.path().replace("{id}", "x"), body);

        // Then
        assertEquals(401, got.status(), route + got.body());
        assertEquals("unauthorized", got.problem());
      }
    }
  }

  @Test
  void ownUidIsRefusedUnlessTheConfigurationSaysUnsafe() throws Exception {
    try (ControlTester tester = ControlTester.setup().refusingOwnUid().start()) {
      // When
      RawCaller.Got got = tester.asUid(Route.OPEN, "/v1/tasks", OPENING);

      // Then
      assertEquals(403, got.status());
      assertEquals("forbidden", got.problem());
      assertTrue(tester.tasks().open().isEmpty());
    }
  }

  @Test
  void addressServesTokensOnly() throws Exception {
    try (ControlTester tester = ControlTester.setup().start();
        RawCaller nobody = tester.onAddress()) {
      // When
      RawCaller.Got without = tester.call(nobody, Route.LIST, "/v1/tasks", "");
      RawCaller.Got unknown =
          tester.withToken("not-one-of-them-0123456789-0123456789", Route.LIST, "/v1/tasks", "");
      RawCaller.Got known = tester.withToken(BUYER_TOKEN, Route.LIST, "/v1/tasks", "");

      // Then
      assertEquals(401, without.status());
      assertTrue(without.headers().containsKey("www-authenticate"));
      assertEquals(401, unknown.status());
      assertEquals(200, known.status());
    }
  }

  @Test
  void callersTokenIsNoneOnTheSocket() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // When
      RawCaller.Got got =
          tester.asUid(Route.ACCESS, "/v1/access", "", "Authorization: Bearer " + OPERATOR_TOKEN);

      // Then
      assertEquals(401, got.status());
    }
  }

  @Test
  void anothersTaskIsNotThere() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // Given
      String id = tester.open().member("id");
      String path = "/v1/tasks/" + id;

      // When
      RawCaller.Got shown = tester.withToken(SELLER_TOKEN, Route.SHOW, path, "");
      RawCaller.Got ended =
          tester.withToken(
              SELLER_TOKEN, Route.SIGNAL, path + "/signals", "{\"type\":\"cancelled\"}");
      RawCaller.Got listed = tester.withToken(SELLER_TOKEN, Route.LIST, "/v1/tasks", "");
      RawCaller.Got missing = tester.withToken(SELLER_TOKEN, Route.SHOW, "/v1/tasks/none", "");

      // Then
      assertEquals(404, shown.status());
      assertEquals(404, ended.status());
      assertEquals("{\"tasks\":[]}", listed.body());
      assertEquals(missing.body(), shown.body());
      assertTrue(tester.task(id).isActive());
    }
  }

  @Test
  void openerMayNotOperate() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // When
      List<RawCaller.Got> answers =
          List.of(
              tester.withToken(BUYER_TOKEN, Route.ACCESS, "/v1/access", ""),
              tester.withToken(
                  BUYER_TOKEN, Route.REVOKE_ALL, "/v1/revoke-all", "{\"reason\":\"x\"}"),
              tester.withToken(BUYER_TOKEN, Route.UNLOCK, "/v1/revoke-all", ""));

      // Then
      answers.forEach(got -> assertEquals(403, got.status(), got.body()));
      assertTrue(tester.tasks().locked().isEmpty());
    }
  }

  @Test
  void openerMayOpenItsOwnKindsOnly() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // When
      RawCaller.Got others = tester.withToken(SELLER_TOKEN, Route.OPEN, "/v1/tasks", OPENING);
      RawCaller.Got unknown =
          tester.withToken(
              SELLER_TOKEN, Route.OPEN, "/v1/tasks", "{\"kind\":\"none\",\"purpose\":\"p\"}");

      // Then
      assertEquals(403, others.status());
      assertEquals(others.body(), unknown.body());
    }
  }

  @Test
  void tasksTokenReadsAndEndsThatTaskAndNothingElse() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // Given
      RawCaller.Got opened = tester.open();
      String token = opened.member("token");
      String path = "/v1/tasks/" + opened.member("id");
      String other = "/v1/tasks/" + tester.open().member("id");

      // When
      int list = tester.withToken(token, Route.LIST, "/v1/tasks", "").status();
      String child = "{\"agent\":\"" + ControlTester.SELLER + "\",\"purpose\":\"a part\"}";
      int open = tester.withToken(token, Route.OPEN, "/v1/tasks", child).status();
      int access = tester.withToken(token, Route.ACCESS, "/v1/access", "").status();
      int foreign = tester.withToken(token, Route.SHOW, other, "").status();
      int shown = tester.withToken(token, Route.SHOW, path, "").status();
      int onSocket = tester.asUid(Route.SHOW, path, "", "Authorization: Bearer " + token).status();
      int ended =
          tester
              .withToken(
                  token, Route.SIGNAL, path + "/signals?wait=10s", "{\"type\":\"completed\"}")
              .status();

      // Then
      assertEquals(
          List.of(403, 403, 403, 404, 200, 200, 200),
          List.of(list, open, access, foreign, shown, onSocket, ended));
    }
  }

  @Test
  void operatorSeesAndEndsEverybodysTasks() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // Given
      String path = "/v1/tasks/" + tester.open().member("id");

      // When
      RawCaller.Got shown = tester.withToken(OPERATOR_TOKEN, Route.SHOW, path, "");
      RawCaller.Got ended =
          tester.withToken(
              OPERATOR_TOKEN, Route.SIGNAL, path + "/signals", "{\"type\":\"cancelled\"}");

      // Then
      assertEquals(200, shown.status());
      assertEquals(202, ended.status());
    }
  }

  @Test
  void agentsIdentityIsNeverTakenFromTheBody() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // When
      RawCaller.Got got =
          tester.withToken(
              BUYER_TOKEN,
              Route.OPEN,
              "/v1/tasks",
              "{\"kind\":\"restock\",\"purpose\":\"p\",\"agent\":\""
                  + ControlTester.SELLER
                  + "\"}");

      // Then
      assertEquals(400, got.status());
      assertFalse(got.body().contains(ControlTester.SELLER));
    }
  }
}
