package dev.leasehold.broker.control;

import static dev.leasehold.broker.control.ControlTester.BUYER_TOKEN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is malformed, too much or too wide opens nothing. */
class BadRequestTest {
  private static RawCaller.Got open(ControlTester tester, String body) throws Exception {
    RawCaller.Got got = tester.withToken(BUYER_TOKEN, Route.OPEN, "/v1/tasks", body);
    if (got.status() != 201) {
      assertTrue(tester.tasks().open().isEmpty(), body);
    }
    return got;
  }

  private static String withPurpose(String purpose) {
    return "{\"kind\":\"restock\",\"purpose\":\"" + purpose + "\"}";
  }

  @Test
  void purposeMustSaySomethingShortInOneLine() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      for (String purpose :
          List.of(
              "",
              "   ",
              "x".repeat(10_240),
              "x".repeat(1025),
              "ü".repeat(513),
              "two\\nlines",
              "bell\\u0007",
              "nul\\u0000",
              "line\\u2028separator",
              "\\u202eright to left",
              "\\ud800")) {
        // When
        RawCaller.Got got = open(tester, withPurpose(purpose));

        // Then
        assertEquals(400, got.status(), purpose);
        assertEquals("invalid-request", got.problem());
        assertTrue(got.member("detail").contains("purpose"), got.body());
      }
      assertEquals(201, open(tester, withPurpose("x".repeat(1024))).status());
    }
  }

  @Test
  void jsonMustBeWellFormedAndOnlyThat() throws Exception {
    String deep = "[".repeat(100) + "]".repeat(100);
    try (ControlTester tester = ControlTester.setup().start()) {
      for (String body :
          List.of(
              "{",
              "nonsense",
              "[]",
              "\"text\"",
              "null",
              "{'kind':'restock'}",
              "{\"kind\":\"restock\",\"purpose\":\"p\"}{}",
              "{\"kind\":\"restock\",\"purpose\":\"p\",}",
              "{\"kind\":\"restock\",\"kind\":\"restock\",\"purpose\":\"p\"}",
              "{\"kind\":\"restock\",\"purpose\":\"p\",\"unknown\":1}",
              "{\"kind\":7,\"purpose\":\"p\"}",
              "{\"kind\":null,\"purpose\":\"p\"}",
              "{\"purpose\":\"p\"}",
              "{\"kind\":\"restock\",\"purpose\":\"p\",\"hold\":\"yes\"}",
              "{\"kind\":\"restock\",\"purpose\":\"p\",\"ttl\":60}",
              "{\"kind\":\"restock\",\"purpose\":\"p\",\"labels\":" + deep + "}",
              "{\"kind\":\"restock\",\"purpose\":\"p\",\"labels\":{\"Bad Name\":\"x\"}}")) {
        // When
        RawCaller.Got got = open(tester, body);

        // Then
        assertEquals(400, got.status(), body);
        assertEquals("invalid-request", got.problem());
      }
    }
  }

  @Test
  void answerNeverEchoesTheRequest() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // Given
      String canary = "canary-7f3a";

      // When
      List<RawCaller.Got> answers =
          List.of(
              open(tester, "{\"" + canary + "\":1}"),
              open(tester, "{\"kind\":\"" + canary + "\",\"purpose\":\"p\"}"),
              open(tester, canary),
              open(tester, "{\"kind\":\"restock\",\"purpose\":\"p\",\"ttl\":\"" + canary + "\"}"));

      // Then
      answers.forEach(got -> assertFalse(got.body().contains(canary), got.body()));
    }
  }

  @Test
  void bodyThatIsTooLongIsRefusedBeforeItsEnd() throws Exception {
    try (ControlTester tester = ControlTester.setup().start();
        RawCaller declared = tester.onAddress();
        RawCaller chunked = tester.onAddress()) {
      String head =
          "POST /v1/tasks HTTP/1.1\r\nHost: 127.0.0.1:"
              + tester.address().getPort()
              + "\r\nAuthorization: Bearer "
              + BUYER_TOKEN
              + "\r\nContent-Type: application/json\r\n";

      // When
      declared.write(head + "Content-Length: 65537\r\n\r\n");
      chunked.write(
          head + "Transfer-Encoding: chunked\r\n\r\n10001\r\n" + "x".repeat(0x10001) + "\r\n");

      // Then
      for (RawCaller caller : List.of(declared, chunked)) {
        RawCaller.Got got = caller.read();
        assertEquals(413, got.status());
        assertEquals("limit-exceeded", got.problem());
        assertTrue(caller.isClosedByOther());
      }
    }
  }

  @Test
  void requestOnlyNarrowsItsKind() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // When
      RawCaller.Got longer =
          open(tester, "{\"kind\":\"restock\",\"purpose\":\"p\",\"ttl\":\"11m\"}");
      RawCaller.Got wider =
          open(tester, "{\"kind\":\"restock\",\"purpose\":\"p\",\"destinations\":[\"vault\"]}");
      RawCaller.Got noSuchEndpoint =
          tester.asUid(
              Route.OPEN,
              "/v1/tasks",
              "{\"kind\":\"restock\",\"purpose\":\"p\",\"endpoints\":[\"vault\"]}");
      RawCaller.Got narrower =
          open(
              tester,
              "{\"kind\":\"restock\",\"purpose\":\"p\",\"ttl\":\"1m\",\"destinations\":[\"weather\"]}");

      // Then
      assertEquals("tasks.restock.ttl", longer.member("rule"));
      assertEquals(403, longer.status());
      assertEquals("tasks.restock.destinations", wider.member("rule"));
      assertEquals(403, wider.status());
      assertEquals(400, noSuchEndpoint.status());
      assertEquals(201, narrower.status());
      assertEquals(List.of("weather"), tester.task(narrower.member("id")).destinations());
    }
  }

  @Test
  void callerWithoutAUidIsToldWhyItHasNoEndpointsAndWhatToDo() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      for (String name : List.of("shop", "proxy")) {
        // When
        RawCaller.Got got =
            open(
                tester,
                "{\"kind\":\"restock\",\"purpose\":\"p\",\"endpoints\":[\"" + name + "\"]}");

        // Then
        assertEquals(400, got.status());
        assertEquals("invalid-request", got.problem());
        assertTrue(got.member("detail").contains("uid"), got.body());
        assertTrue(got.member("hint").contains("control.socket"), got.body());
      }
    }
  }

  @Test
  void unknownCallsParametersAndBodiesAreRefused() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // Given
      String path = "/v1/tasks/" + tester.open().member("id");

      // When
      int query = tester.withToken(BUYER_TOKEN, Route.SHOW, path + "?all=1", "").status();
      int body = tester.withToken(BUYER_TOKEN, Route.SHOW, path, "{}").status();
      int trick = tester.withToken(BUYER_TOKEN, Route.SHOW, path + "/../x", "").status();
      int longWait =
          tester
              .withToken(
                  BUYER_TOKEN, Route.SIGNAL, path + "/signals?wait=61s", "{\"type\":\"failed\"}")
              .status();
      int noWait =
          tester
              .withToken(
                  BUYER_TOKEN, Route.SIGNAL, path + "/signals?wait=soon", "{\"type\":\"failed\"}")
              .status();
      int noSignal =
          tester
              .withToken(BUYER_TOKEN, Route.SIGNAL, path + "/signals", "{\"type\":\"revoked\"}")
              .status();

      // Then
      assertEquals(
          List.of(400, 400, 404, 400, 400, 400),
          List.of(query, body, trick, longWait, noWait, noSignal));
      assertEquals(1, tester.tasks().open().stream().filter(task -> task.isActive()).count());
    }
  }

  @Test
  void tasksOfOneKindAreBounded() throws Exception {
    try (ControlTester tester = ControlTester.setup().maxOpen(2).start()) {
      // Given
      String first = tester.open().member("id");
      tester.open();

      // When
      RawCaller.Got third = tester.open();

      // Then
      assertEquals(429, third.status());
      assertEquals("limit-exceeded", third.problem());
      assertEquals("tasks.restock.max-open", third.member("rule"));

      // And
      tester.withToken(
          BUYER_TOKEN,
          Route.SIGNAL,
          "/v1/tasks/" + first + "/signals?wait=10s",
          "{\"type\":\"completed\"}");
      assertEquals(201, tester.open().status());
    }
  }

  @Test
  void taskThatCouldDoNothingIsNotOpened() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // Given
      tester.notReady("vault", "sealed");

      // When
      RawCaller.Got needsVault = open(tester, ControlTester.OPENING);

      // Then
      assertEquals(503, needsVault.status());
      assertEquals("vault-unavailable", needsVault.problem());
      assertTrue(needsVault.headers().containsKey("retry-after"));
      assertEquals(
          201,
          open(tester, "{\"kind\":\"restock\",\"purpose\":\"p\",\"destinations\":[\"weather\"]}")
              .status());
    }
  }

  @Test
  void nothingIsOpenedWithoutAnAuditLog() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // Given
      tester.notReady("audit", "disk full");

      // Then
      assertEquals("audit-unavailable", open(tester, ControlTester.OPENING).problem());
    }
  }
}
