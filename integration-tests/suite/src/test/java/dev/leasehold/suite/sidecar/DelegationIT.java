package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.target.DemoApi;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A planner hands work to a researcher, and the researcher to a writer, beside one sidecar. */
class DelegationIT {
  private static final Testbed TESTBED = SharedTestbed.get();
  private static final String RESEARCHER = "spiffe://example.org/agent/researcher";
  private static final String WRITER = "spiffe://example.org/agent/writer";
  private static final String PATH = "database/creds/" + VaultMounts.DATABASE_ROLE;

  private static DemoApi api;
  private static Rig rig;

  @BeforeAll
  static void start() {
    api = DemoApi.start(TESTBED.database());
    String rules = OrdersRules.of(api.address(), VaultMounts.DATABASE_ROLE);
    rig =
        new Rig(TESTBED)
            .rules(
                rules.replace(
                    "    max-open: 50\n",
                    "    max-open: 50\n"
                        + "    delegation: {to: [\"spiffe://example.org/agent/*\"], depth: 2}\n"))
            .start();
  }

  @AfterAll
  static void stop() {
    rig.close();
    api.close();
  }

  private static JsonObject child(String agent) {
    return new JsonObject().put("agent", agent).put("purpose", "a part of it");
  }

  private static OpenedTask delegate(OpenedTask parent, JsonObject child) {
    return rig.agent().with(parent.token()).open(child);
  }

  private static ControlClient.Answer prove(OpenedTask child, String agent) {
    String svid = AgentSvids.fetch(rig, agent);
    return rig.agent()
        .with(child.token())
        .call("POST", "/v1/tasks/" + child.id() + "/proof", new JsonObject().put("svid", svid));
  }

  private static ProxyCall.Answer orders(OpenedTask task, String method) {
    return new ProxyCall(method, api.address() + "/orders").as(task).send(rig.proxyPort());
  }

  @Test
  void threeAgentsWorkUnderOneTaskAndAllIsDeadWhenItEnds() {
    // Given
    OpenedTask planner = rig.agent().open("restock");
    OpenedTask researcher =
        delegate(planner, child(RESEARCHER).put("methods", new JsonArray().add("GET")));
    OpenedTask writer;

    // When
    ProxyCall.Answer unproven = orders(researcher, "GET");
    ControlClient.Answer another = prove(researcher, WRITER);
    prove(researcher, RESEARCHER).expect(200);
    writer = delegate(researcher, child(WRITER).put("calls", 1));
    prove(writer, WRITER).expect(200);

    // Then nobody acts who has not shown who he is, and nobody has more than those above
    assertEquals("agent-unproven", unproven.problem(), unproven.body());
    assertEquals(403, another.status(), another.body().encode());
    assertEquals(200, orders(planner, "GET").status());
    String planners = rig.lastCredential(api).user();
    assertEquals(200, orders(researcher, "GET").status());
    String researchers = rig.lastCredential(api).user();
    assertNotEquals(planners, researchers, "a lease of its own");
    assertEquals("rule-denied", orders(researcher, "POST").problem());
    assertEquals(200, orders(writer, "GET").status());
    String writers = rig.lastCredential(api).user();
    assertEquals("limit-exceeded", orders(writer, "GET").problem());
    assertEquals(
        List.of(Rig.AGENT, RESEARCHER, WRITER),
        rig.operator().view(writer).getJsonArray("chain").getList());

    // When
    JsonObject report = rig.agent().end(planner, "completed");

    // Then
    assertEquals("complete", report.getString("proof"), report.encode());
    assertEquals(1, report.getInteger("children"), report.encode());
    assertEquals(List.of(), TESTBED.vaultAdmin().leases(PATH));
    for (String user : List.of(planners, researchers, writers)) {
      assertFalse(TESTBED.database().leasedUsers().contains(user), user);
    }
    assertEquals("task-ended", orders(writer, "GET").problem());
    assertEquals("parent", rig.operator().view(writer).getString("signal"));

    // And the audit log has the chain
    List<JsonObject> lines =
        rig.audit().lines().map(JsonObject::new).filter(line -> isOf(line, planner)).toList();
    assertTrue(
        lines.stream()
            .anyMatch(
                line ->
                    line.getString("type").equals("task.opened")
                        && line.getString("parent", "").equals(researcher.id())
                        && line.getString("chain")
                            .equals(String.join(" ", Rig.AGENT, RESEARCHER, WRITER))),
        rig.audit());
    assertEquals(3, lines.stream().filter(line -> isType(line, "task.ended")).count());
    assertEquals(2, lines.stream().filter(line -> isType(line, "task.agent-proven")).count());
  }

  private static boolean isOf(JsonObject line, OpenedTask root) {
    return line.getString("root_task", "").equals(root.id());
  }

  private static boolean isType(JsonObject line, String type) {
    return line.getString("type").equals(type);
  }

  @Test
  void refusedDelegationLeasesNothing() {
    // Given
    OpenedTask planner = rig.agent().open("restock");
    int mark = rig.vaultMark();
    ControlClient holder = rig.agent().with(planner.token());

    // Then
    for (JsonObject wish :
        List.of(
            child(Rig.AGENT), // a cycle
            child("spiffe://example.com/agent/x"),
            child(RESEARCHER).put("ttl", "1h"),
            child(RESEARCHER).put("agent_proof", "token"))) {
      assertEquals("forbidden", holder.call("POST", "/v1/tasks", wish).problem(), wish.encode());
    }
    assertEquals(List.of(), rig.vaultCallsSince(mark));
    rig.agent().end(planner, "completed");
  }

  @Test
  void svidForAnotherAudienceProvesNothing() {
    // Given
    OpenedTask planner = rig.agent().open("restock");
    OpenedTask researcher = delegate(planner, child(RESEARCHER));
    String svid = AgentSvids.fetch(TESTBED, RESEARCHER, "spiffe://example.org/other");
    rig.secrets().know("JWT-SVID for another audience", svid);

    // When
    ControlClient.Answer answer =
        rig.agent()
            .with(researcher.token())
            .call(
                "POST",
                "/v1/tasks/" + researcher.id() + "/proof",
                new JsonObject().put("svid", svid));

    // Then
    assertEquals(401, answer.status(), answer.body().encode());
    assertEquals("agent-unproven", orders(researcher, "GET").problem());
    rig.agent().end(planner, "completed");
  }
}
