package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.suite.sidecar.Curl.Got;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.sidecar.Ran;
import dev.leasehold.testbed.target.DemoApi;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Agents with uids of their own, each of which tries what it must not. To give out uids takes root,
 * which the project's own runs are.
 */
class WhoIsServedIT {
  private static final Testbed TESTBED = SharedTestbed.get();
  private static DemoApi api;
  private static Rig rig;

  @BeforeAll
  static void start() {
    assumeTrue(Account.uid() == 0, "only root can act as several users");
    api = DemoApi.start(TESTBED.database());
    rig = new Rig(TESTBED).rules(OrdersRules.of(api.address(), VaultMounts.DATABASE_ROLE)).start();
  }

  @AfterAll
  static void stop() {
    if (rig != null) {
      rig.close();
      api.close();
    }
  }

  private static Got control(int uid, String method, String path, JsonObject body) {
    return Curl.control(rig, uid, method, path, body);
  }

  private static void assertRefused(Got got) {
    assertTrue(got.status() == 401 || got.status() == 403, got.toString());
  }

  @Test
  void aUidWithoutAnEntryGetsNothingFromAnyListener() {
    int stranger = rig.uids().stranger();
    OpenedTask task = Curl.open(rig, rig.uids().agent(), "orders-api", "proxy");
    int reached = api.requests().size();
    JsonObject open = new JsonObject().put("kind", "restock").put("purpose", "mine");

    // The task API
    for (String path : List.of("/v1/tasks", "/v1/tasks/" + task.id(), "/v1/access")) {
      assertRefused(control(stranger, "GET", path, new JsonObject()));
    }
    assertRefused(control(stranger, "POST", "/v1/tasks", open));
    assertRefused(
        control(
            stranger,
            "POST",
            "/v1/tasks/" + task.id() + "/signals",
            new JsonObject().put("type", "completed")));
    assertRefused(Curl.as(stranger, "http://127.0.0.1:" + rig.controlPort() + "/v1/tasks"));

    // The proxy, and the task's own addresses
    String orders = api.address() + "/orders";
    String proxy = "http://127.0.0.1:" + rig.proxyPort();
    assertEquals(407, Curl.as(stranger, "--noproxy", "", "-x", proxy, orders).status());
    for (String endpoint : List.of("orders-api", "proxy")) {
      String address = task.endpoint(endpoint);
      Got got =
          endpoint.equals("proxy")
              ? Curl.as(stranger, "--noproxy", "", "-x", address, orders)
              : Curl.as(stranger, address + "/orders");
      assertFalse(got.status() >= 200 && got.status() < 300, endpoint + ": " + got);
    }

    // Admin tells about health and numbers, never about tasks
    for (String path : List.of("/livez", "/readyz", "/startupz", "/metrics", "/")) {
      Got got = Curl.as(stranger, "http://127.0.0.1:" + rig.adminPort() + path);
      assertFalse(got.body().contains(task.id()), path);
      assertFalse(got.body().contains(Rig.AGENT), path);
    }
    assertEquals(reached, api.requests().size(), "the upstream was reached");
    assertEquals("active", rig.operator().view(task).getString("state"));
    rig.operator().end(task, "completed");
  }

  @Test
  void aUidWithAnEntryOpensUsesAndEndsItsOwnTasksAndNothingElse() {
    int agent = rig.uids().agent();
    int neighbour = rig.uids().neighbour();
    OpenedTask task = Curl.open(rig, agent, "orders-api");

    // Its own: used and ended
    Got used = Curl.as(agent, task.endpoint("orders-api") + "/orders");
    assertEquals(200, used.status(), used.body());
    rig.lastCredential(api);

    // Another's: not seen, not used, not ended
    int reached = api.requests().size();
    assertEquals(
        404, control(neighbour, "GET", "/v1/tasks/" + task.id(), new JsonObject()).status());
    assertFalse(
        control(neighbour, "GET", "/v1/tasks", new JsonObject()).body().contains(task.id()));
    assertEquals(
        404,
        control(
                neighbour,
                "POST",
                "/v1/tasks/" + task.id() + "/signals",
                new JsonObject().put("type", "completed"))
            .status());
    Got taken = Curl.as(neighbour, task.endpoint("orders-api") + "/orders");
    assertFalse(taken.status() >= 200 && taken.status() < 300, taken.toString());
    assertEquals(reached, api.requests().size());

    // The operator's calls are not an opener's
    assertEquals(403, control(agent, "GET", "/v1/access", new JsonObject()).status());
    assertEquals(
        403,
        control(agent, "POST", "/v1/revoke-all", new JsonObject().put("reason", "mischief"))
            .status());

    assertEquals("complete", Curl.end(rig, agent, task).getString("proof"));
  }

  @Test
  void whatTheSidecarKeepsCannotBeReadByTheAgent() {
    for (String file :
        List.of("state/journal", "log/audit.jsonl", "agent.token", "operator.token")) {
      Ran ran =
          Ran.command(
              Account.commandAs(
                  rig.uids().agent(), List.of("cat", rig.folder().resolve(file).toString())),
              Map.of());
      assertTrue(ran.status() != 0, file + " can be read");
    }
    for (String file : List.of("environ", "mem", "maps")) {
      Ran ran =
          Ran.command(
              Account.commandAs(
                  rig.uids().agent(),
                  List.of("head", "-c", "1", "/proc/" + rig.sidecar().pid() + "/" + file)),
              Map.of());
      assertTrue(ran.status() != 0, file + " of the process can be read");
    }
  }
}
