package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.target.DemoApi;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers of the task API who ask for what cannot be, or for what is not theirs. */
class BadInputIT {
  private static final Testbed TESTBED = SharedTestbed.get();
  private static DemoApi api;
  private static Rig rig;

  @BeforeAll
  static void start() {
    api = DemoApi.start(TESTBED.database());
    rig = new Rig(TESTBED).rules(OrdersRules.of(api.address(), VaultMounts.DATABASE_ROLE)).start();
  }

  @AfterAll
  static void stop() {
    rig.close();
    api.close();
  }

  @AfterEach
  void nothingIsLeased() {
    assertEquals(
        List.of(), TESTBED.vaultAdmin().leases("database/creds/" + VaultMounts.DATABASE_ROLE));
  }

  /** The answer is this problem, and audit log and metric tell of it. */
  private static void assertRefused(
      int status, String problem, Supplier<ControlClient.Answer> call) {
    Refusals before = rig.refusals();
    ControlClient.Answer answer = call.get();
    assertEquals(problem, answer.problem(), answer.toString());
    assertEquals(status, answer.status());
    before.assertTold(problem);
  }

  static Stream<Arguments> badOpenings() {
    return Stream.of(
        Arguments.of("no purpose", "{\"kind\":\"restock\"}"),
        Arguments.of("an empty purpose", opening("")),
        Arguments.of("a purpose of 10 kB", opening("p".repeat(10_000))),
        Arguments.of("a purpose with a line break", opening("a\nb")),
        Arguments.of("a purpose with an escape", opening("a\u001b[31mb")),
        Arguments.of("half of a JSON object", "{\"kind\":\"restock\""),
        Arguments.of("a list", "[]"),
        Arguments.of("no JSON", "kind=restock"),
        Arguments.of(
            "a key twice", "{\"kind\":\"restock\",\"kind\":\"restock\",\"purpose\":\"a\"}"),
        Arguments.of("an unknown key", "{\"kind\":\"restock\",\"purpose\":\"a\",\"ttll\":\"1s\"}"),
        Arguments.of("a number for a text", "{\"kind\":\"restock\",\"purpose\":7}"),
        Arguments.of("deeply nested", "{\"labels\":".repeat(2000)));
  }

  private static String opening(String purpose) {
    return new JsonObject().put("kind", "restock").put("purpose", purpose).encode();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badOpenings")
  void badOpeningIsRefusedAndToldOf(String name, String body) {
    assertRefused(400, "invalid-request", () -> rig.agent().send("POST", "/v1/tasks", body));
  }

  @Test
  void bodyThatIsTooLargeIsRefusedAndToldOf() {
    String large = opening("p".repeat(2_000_000));
    assertRefused(413, "limit-exceeded", () -> rig.agent().send("POST", "/v1/tasks", large));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tsk_00000000000000000000", "no-task-at-all"})
  void taskThatNobodyKnowsIsNotFound(String id) {
    String path = "/v1/tasks/" + id;
    JsonObject completed = new JsonObject().put("type", "completed");
    assertRefused(404, "not-found", () -> rig.agent().call("GET", path, new JsonObject()));
    assertRefused(404, "not-found", () -> rig.agent().call("POST", path + "/signals", completed));
  }

  @Test
  void wrongTokenOpensNothing() {
    assertRefused(
        401,
        "unauthorized",
        () -> rig.agent().with("wrong").send("POST", "/v1/tasks", opening("mine")));
  }

  @Test
  void anotherTasksTokenNeitherSeesNorEndsATask() {
    OpenedTask task = rig.agent().open("restock");
    OpenedTask other = rig.agent().open("restock");
    ControlClient with = rig.agent().with(other.token());
    String path = "/v1/tasks/" + task.id();
    Refusals before = rig.refusals();
    for (ControlClient.Answer answer :
        List.of(
            with.call("GET", path, new JsonObject()),
            with.call("POST", path + "/signals", new JsonObject().put("type", "completed")))) {
      assertEquals(404, answer.status(), answer.toString());
    }
    before.assertTold("not-found");
    assertEquals("active", rig.agent().view(task).getString("state"));
    rig.agent().end(task, "completed");
    rig.agent().end(other, "completed");
  }

  @Test
  void tokenOfAnEndedTaskOpensNothingAtTheProxy() {
    OpenedTask task = rig.agent().open("restock");
    assertEquals("complete", rig.agent().end(task, "completed").getString("proof"));
    Refusals before = rig.refusals();
    ProxyCall.Answer answer =
        new ProxyCall("GET", api.address() + "/orders").as(task).send(rig.proxyPort());
    assertEquals("task-ended", answer.problem());
    before.assertTold("task-ended");
    assertFalse(answer.body().contains(task.token()));
  }
}
