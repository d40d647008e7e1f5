package dev.leasehold.broker.control;

import static dev.leasehold.broker.control.ControlTester.BUYER_TOKEN;
import static dev.leasehold.broker.control.ControlTester.OPENING;
import static dev.leasehold.broker.control.ControlTester.SELLER_TOKEN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.local.OwnUid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Whoever is refused by the API is in the audit log. */
final class RefusedCallerTest {
  private static final String WRONG = "not-one-of-them-0123456789-0123456789";

  /** What the log says of refusals when all is over. */
  private static List<String> refusals(Path log) throws IOException {
    return Files.readAllLines(log).stream().filter(line -> line.contains(".refused")).toList();
  }

  private static void assertOneLine(Path log, String... members) throws IOException {
    List<String> lines = refusals(log);
    assertEquals(1, lines.size(), lines.toString());
    for (String member : members) {
      assertTrue(lines.getFirst().contains(member), member + " is not in " + lines.getFirst());
    }
  }

  @Test
  void uidWithoutAnEntryIsNamedByItsUid() throws Exception {
    // When
    Path log;
    try (ControlTester tester = ControlTester.setup().notListingOwnUid().start()) {
      log = tester.auditLog();
      tester.asUid(Route.OPEN, "/v1/tasks", OPENING);
    }

    // Then
    assertOneLine(
        log,
        "\"type\":\"caller.refused\",\"agent\":\"uid:" + OwnUid.read() + "\"",
        "\"decision\":\"deny\",\"rule\":\"control.callers\"",
        "\"method\":\"POST\",\"path\":\"/v1/tasks\",\"cause\":\"unauthorized\"");
  }

  @Test
  void ownUidIsNamedToo() throws Exception {
    // When
    Path log;
    try (ControlTester tester = ControlTester.setup().refusingOwnUid().start()) {
      log = tester.auditLog();
      tester.asUid(Route.LIST, "/v1/tasks", "");
    }

    // Then
    assertOneLine(
        log, "\"type\":\"caller.refused\",\"agent\":\"uid:" + OwnUid.read() + "\"", "forbidden");
  }

  @Test
  void wrongTokenIsWrittenWithoutTheToken() throws Exception {
    // When
    Path log;
    try (ControlTester tester = ControlTester.setup().start()) {
      log = tester.auditLog();
      tester.withToken(WRONG, Route.SHOW, "/v1/tasks/" + WRONG, "");
    }

    // Then
    assertOneLine(
        log, "\"agent\":\"unknown\"", "\"path\":\"/v1/tasks/{id}\",\"cause\":\"unauthorized\"");
    assertFalse(Files.readString(log).contains(WRONG));
  }

  @Test
  void callerThatMayNotOperateIsNamedWithWhatItTried() throws Exception {
    // When
    Path log;
    try (ControlTester tester = ControlTester.setup().start()) {
      log = tester.auditLog();
      tester.withToken(BUYER_TOKEN, Route.REVOKE_ALL, "/v1/revoke-all", "{\"reason\":\"x\"}");
    }

    // Then
    assertOneLine(
        log, "buyer.token", "\"rule\":\"control.callers\"", "\"path\":\"/v1/revoke-all\"");
  }

  @Test
  void reachForAnothersTaskIsWrittenAlthoughItIsAnsweredAsIfThereWereNone() throws Exception {
    // When
    Path log;
    try (ControlTester tester = ControlTester.setup().start()) {
      log = tester.auditLog();
      String id = tester.open().member("id");
      tester.withToken(SELLER_TOKEN, Route.SHOW, "/v1/tasks/" + id, "");
    }

    // Then
    assertOneLine(log, "seller.token", "\"cause\":\"not-found\"");
  }

  @Test
  void openingThatTheKindDoesNotAllowIsWrittenWithKindAndPurpose() throws Exception {
    // When
    Path log;
    try (ControlTester tester = ControlTester.setup().start()) {
      log = tester.auditLog();
      tester.withToken(
          BUYER_TOKEN,
          Route.OPEN,
          "/v1/tasks",
          "{\"kind\":\"restock\",\"purpose\":\"a game\",\"ttl\":\"20h\"}");
    }

    // Then
    assertOneLine(
        log,
        "\"type\":\"task.refused\",\"kind\":\"restock\",\"agent\":\"" + ControlTester.BUYER,
        "\"purpose\":\"a game\",\"decision\":\"deny\",\"rule\":\"tasks.restock.ttl\"");
  }

  @Test
  void floodLeavesFewLinesThatCountAllOfIt() throws Exception {
    // Given
    int asked = 100;

    // When
    Path log;
    try (ControlTester tester = ControlTester.setup().start()) {
      log = tester.auditLog();
      for (int i = 0; i < asked; i++) {
        assertEquals(401, tester.withToken(WRONG, Route.LIST, "/v1/tasks", "").status());
      }
      assertEquals(201, tester.open().status());
    }

    // Then
    int lines = 0;
    int counted = 0;
    for (String line : refusals(log)) {
      Matcher more = Pattern.compile("\"cause\":\"([0-9]+) more\"").matcher(line);
      if (more.find()) {
        counted += Integer.parseInt(more.group(1));
      } else {
        lines++;
      }
    }
    assertEquals(asked, lines + counted);
    assertTrue(lines < asked, lines + " lines");
  }
}
