package dev.leasehold.broker.control;

import static dev.leasehold.broker.control.ControlTester.BUYER_TOKEN;
import static dev.leasehold.broker.control.ControlTester.OPENING;
import static dev.leasehold.broker.control.ControlTester.OPERATOR_TOKEN;
import static dev.leasehold.broker.control.ControlTester.SELLER_TOKEN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.control.JsonValue.JsonObject;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.testing.FakeSecretStore.Call;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** From the opening to the last answer about an ended task. */
class TaskLifeTest {
  private static RawCaller.Got end(ControlTester tester, String id, String type, String query)
      throws Exception {
    return tester.withToken(
        BUYER_TOKEN,
        Route.SIGNAL,
        "/v1/tasks/" + id + "/signals" + query,
        "{\"type\":\"" + type + "\",\"reason\":\"a test\"}");
  }

  @Test
  void environmentIsComplete() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // Given
      for (String file : List.of("ca.crt", "ca-bundle.crt", "truststore.p12", "wgetrc")) {
        Files.writeString(tester.folder().resolve(file), "there");
      }

      // When
      RawCaller.Got got =
          tester.asUid(
              Route.OPEN,
              "/v1/tasks",
              "{\"kind\":\"restock\",\"purpose\":\"p\",\"endpoints\":[\"proxy\",\"shop\"]}");

      // Then
      JsonObject env = (JsonObject) got.json().member("env").orElseThrow();
      assertEquals(
          Set.of(
              "HTTP_PROXY",
              "HTTPS_PROXY",
              "ALL_PROXY",
              "NO_PROXY",
              "http_proxy",
              "https_proxy",
              "all_proxy",
              "no_proxy",
              "NODE_USE_ENV_PROXY",
              "NODE_EXTRA_CA_CERTS",
              "SSL_CERT_FILE",
              "REQUESTS_CA_BUNDLE",
              "CURL_CA_BUNDLE",
              "AWS_CA_BUNDLE",
              "GIT_SSL_CAINFO",
              "DENO_CERT",
              "CARGO_HTTP_CAINFO",
              "PIP_CERT",
              "WGETRC",
              "JAVA_TOOL_OPTIONS",
              "SHOP_API_KEY",
              "LEASEHOLD_TASK",
              "LEASEHOLD_TASK_TOKEN",
              "LEASEHOLD_CONTROL"),
          env.members().keySet());
      String url = "http://" + got.member("id") + ":" + got.member("token") + "@127.0.0.1:15080";
      assertEquals(url, text(env, "HTTPS_PROXY"));
      assertEquals(url, text(env, "https_proxy"));
      assertEquals(got.member("token"), text(env, "LEASEHOLD_TASK_TOKEN"));
      assertEquals(
          "unix:" + tester.folder().resolve("control.sock"), text(env, "LEASEHOLD_CONTROL"));
      assertFalse(text(env, "SHOP_API_KEY").isEmpty());
      assertTrue(text(env, "JAVA_TOOL_OPTIONS").contains("-Dhttps.proxyPort=20000"));
    }
  }

  private static String text(JsonObject object, String name) {
    return RawCaller.Got.text(object.member(name).orElseThrow());
  }

  @Test
  void variablesOfMissingCaFilesAreNotGiven() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // When
      JsonObject env = (JsonObject) tester.open().json().member("env").orElseThrow();

      // Then
      Set<String> naming =
          env.members().keySet().stream()
              .filter(name -> name.matches(".*(CERT|CA_BUNDLE|CAINFO|WGETRC).*"))
              .collect(Collectors.toSet());
      assertEquals(Set.of(), naming);
    }
  }

  @Test
  void waitedForEndGivesTheFinalReport() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // Given
      String id = tester.open().member("id");

      // When
      RawCaller.Got got = end(tester, id, "completed", "?wait=10s");

      // Then
      assertEquals(200, got.status());
      assertEquals("done", got.member("state"));
      assertEquals("completed", got.member("signal"));
      assertEquals("complete", got.member("proof"));
    }
  }

  @Test
  void firstSignalWinsAndARepeatGetsItsReport() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // Given
      String id = tester.open().member("id");
      RawCaller.Got first = end(tester, id, "completed", "?wait=10s");

      // When
      RawCaller.Got second = end(tester, id, "failed", "?wait=10s");

      // Then
      assertEquals(200, second.status());
      assertEquals(first.body(), second.body());
    }
  }

  @Test
  void endedTaskAnswersForAnHour() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // Given
      String id = tester.open().member("id");
      end(tester, id, "completed", "?wait=10s");
      tester.advance(Duration.ofMinutes(59));

      // When
      RawCaller.Got within = tester.withToken(BUYER_TOKEN, Route.SHOW, "/v1/tasks/" + id, "");
      tester.advance(Duration.ofMinutes(2));
      RawCaller.Got after = tester.withToken(BUYER_TOKEN, Route.SHOW, "/v1/tasks/" + id, "");

      // Then
      assertEquals(200, within.status());
      assertEquals("done", within.member("state"));
      assertTrue(within.json().member("report").isPresent());
      assertEquals(404, after.status());
    }
  }

  @Test
  void heldTaskEndsWhenItsConnectionCloses() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // Given
      String held;
      try (RawCaller caller = tester.onSocket()) {
        RawCaller.Got got =
            tester.call(
                caller,
                Route.OPEN,
                "/v1/tasks",
                "{\"kind\":\"restock\",\"purpose\":\"p\",\"hold\":true}");
        held = got.member("id");
        assertTrue(tester.task(held).isActive());
      }

      // Then
      ControlTester.await("end", () -> tester.task(held).end().isPresent());
      assertEquals(Signal.CLOSED, tester.task(held).end().orElseThrow().signal());
    }
  }

  @Test
  void taskThatIsNotHeldOutlivesItsConnection() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // Given
      String free = tester.open().member("id");
      String held;
      try (RawCaller caller = tester.onAddress()) {
        held =
            tester
                .call(
                    caller,
                    Route.OPEN,
                    "/v1/tasks",
                    "{\"kind\":\"restock\",\"purpose\":\"p\",\"hold\":true}",
                    "Authorization: Bearer " + BUYER_TOKEN)
                .member("id");
      }

      // When
      ControlTester.await("end", () -> !tester.task(held).isActive());

      // Then
      assertTrue(tester.task(free).isActive());
    }
  }

  @Test
  void holdNeedsAConnectionThatStays() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // When
      RawCaller.Got got =
          tester.withToken(
              BUYER_TOKEN,
              Route.OPEN,
              "/v1/tasks",
              "{\"kind\":\"restock\",\"purpose\":\"p\",\"hold\":true}",
              "Connection: close");

      // Then
      assertEquals(400, got.status());
      assertTrue(tester.tasks().open().isEmpty());
    }
  }

  @Test
  void repeatedKeyGivesTheSameTask() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // Given
      String key = "Idempotency-Key: nightly-1";

      // When
      RawCaller.Got first = tester.withToken(BUYER_TOKEN, Route.OPEN, "/v1/tasks", OPENING, key);
      RawCaller.Got repeat = tester.withToken(BUYER_TOKEN, Route.OPEN, "/v1/tasks", OPENING, key);
      RawCaller.Got other =
          tester.withToken(
              BUYER_TOKEN, Route.OPEN, "/v1/tasks", OPENING.replace("nightly", "other"), key);
      RawCaller.Got anothers = tester.asUid(Route.OPEN, "/v1/tasks", OPENING, key);

      // Then
      assertEquals(201, repeat.status());
      assertEquals(first.body(), repeat.body());
      assertEquals(422, other.status());
      assertEquals("idempotency-conflict", other.problem());
      assertNotEquals(first.member("id"), anothers.member("id"));
    }
  }

  @Test
  void keyOfARefusedOpeningIsFree() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // Given
      String key = "Idempotency-Key: once";
      RawCaller.Got refused = tester.withToken(BUYER_TOKEN, Route.OPEN, "/v1/tasks", "{}", key);

      // When
      RawCaller.Got opened = tester.withToken(BUYER_TOKEN, Route.OPEN, "/v1/tasks", OPENING, key);

      // Then
      assertEquals(400, refused.status());
      assertEquals(201, opened.status());
    }
  }

  @Test
  void killSwitchEndsEverythingAndLatches() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // Given
      String id = tester.open().member("id");

      // When
      RawCaller.Got engaged =
          tester.withToken(
              OPERATOR_TOKEN, Route.REVOKE_ALL, "/v1/revoke-all", "{\"reason\":\"a leak\"}");

      // Then
      assertEquals(202, engaged.status());
      assertEquals("true", engaged.member("locked"));
      assertEquals(Signal.REVOKED, tester.task(id).end().orElseThrow().signal());
      RawCaller.Got refused = tester.open();
      assertEquals(503, refused.status());
      assertEquals("locked", refused.problem());
      ControlTester.await(
          "new generation", () -> tester.store().count(Call.REPLACE_GENERATIONS) == 1);

      // When
      RawCaller.Got released = tester.withToken(OPERATOR_TOKEN, Route.UNLOCK, "/v1/revoke-all", "");

      // Then
      assertEquals("false", released.member("locked"));
      assertEquals(201, tester.open().status());
    }
  }

  @Test
  void accessViewSaysWhoMayActAsWhat() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      // Given
      RawCaller.Got opened = tester.open();

      // When
      RawCaller.Got view = tester.withToken(OPERATOR_TOKEN, Route.ACCESS, "/v1/access", "");

      // Then
      JsonObject task =
          (JsonObject)
              ((JsonValue.JsonArray) view.json().member("access").orElseThrow())
                  .elements()
                  .getFirst();
      assertEquals(opened.member("id"), text(task, "task"));
      assertEquals(ControlTester.BUYER, text(task, "agent"));
      assertEquals("token", text(task, "agent_proof"));
      JsonObject may =
          (JsonObject)
              ((JsonValue.JsonArray) task.member("may").orElseThrow()).elements().getFirst();
      assertEquals("shop", text(may, "destination"));
      assertEquals("tasks.restock.destinations", text(may, "by"));
      assertEquals("shop-key", text(may, "credential"));
      assertEquals("shop-team", text(may, "credential_owner"));
      for (String secret :
          List.of(opened.member("token"), BUYER_TOKEN, SELLER_TOKEN, OPERATOR_TOKEN)) {
        assertFalse(view.body().contains(secret));
      }
    }
  }
}
