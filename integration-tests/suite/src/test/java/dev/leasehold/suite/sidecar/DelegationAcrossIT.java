package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.FreePorts;
import dev.leasehold.testbed.target.DemoApi;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A planner and a researcher beside one sidecar, and a writer beside another, to whom the
 * researcher hands work by a grant.
 */
class DelegationAcrossIT {
  private static final Testbed TESTBED = SharedTestbed.get();
  private static final String RESEARCHER = "spiffe://example.org/agent/researcher";
  private static final String WRITER = "spiffe://example.org/agent/writer";
  private static final String STRANGER = "spiffe://example.org/agent/stranger";
  private static final String PATH = "database/creds/" + VaultMounts.DATABASE_ROLE;

  private static DemoApi api;
  private static Rig here;
  private static Rig there;

  @BeforeAll
  static void start() {
    api = DemoApi.start(TESTBED.database());
    here = new Rig(TESTBED);
    there = new Rig(TESTBED);
    int portHere = FreePorts.next();
    int portThere = FreePorts.next();
    String rules = OrdersRules.of(api.address(), VaultMounts.DATABASE_ROLE);
    here.rules(
            rules.replace(
                    "    max-open: 50\n",
                    "    max-open: 50\n"
                        + "    delegation: {to: [\"spiffe://example.org/agent/*\"], depth: 2}\n")
                + between(portHere, there.spiffeId(), portThere))
        .start();
    there
        .caller("{svid: '%s', may: [open], kinds: [restock]}".formatted(WRITER))
        .caller("{svid: '%s', may: [open], kinds: [restock]}".formatted(STRANGER))
        .rules(
            rules
                    .replace(
                        "\"]\n    ttl", "\", \"%s\", \"%s\"]\n    ttl".formatted(WRITER, STRANGER))
                    .replace(
                        "    max-open: 50\n",
                        "    max-open: 50\n"
                            + "    delegation: {from: [\"%s\"], depth: 3}\n"
                                .formatted(here.spiffeId()))
                + between(portThere, here.spiffeId(), portHere))
        .start();
  }

  private static String between(int own, String peer, int peerPort) {
    return """
    delegation:
      listen: 127.0.0.1:%d
      peers: {"%s": {url: "https://127.0.0.1:%d"}}
    """
        .formatted(own, peer, peerPort);
  }

  @AfterAll
  static void stop() {
    there.close();
    here.close();
    api.close();
  }

  private static String svid(Rig rig, String agent) {
    String svid = AgentSvids.fetch(rig, agent);
    here.secrets().know("JWT-SVID of " + agent, svid);
    there.secrets().know("JWT-SVID of " + agent, svid);
    return svid;
  }

  private static JsonObject wish() {
    return new JsonObject()
        .put("agent", WRITER)
        .put("sidecar", there.spiffeId())
        .put("purpose", "write it down");
  }

  private static ControlClient.Answer ask(OpenedTask task, JsonObject wish) {
    return here.agent().with(task.token()).call("POST", "/v1/tasks/" + task.id() + "/grants", wish);
  }

  private static String grant(OpenedTask task, JsonObject wish) {
    String grant = ask(task, wish).expect(201).body().getString("grant");
    here.secrets().know("grant", grant);
    there.secrets().know("grant", grant);
    return grant;
  }

  private static JsonObject opening(String grant) {
    return new JsonObject().put("kind", "restock").put("purpose", "a part").put("grant", grant);
  }

  private static OpenedTask redeem(String agent, String grant) {
    return there.agent().with(svid(there, agent)).open(opening(grant));
  }

  private static void assertRefused(String agent, String grant) {
    ControlClient.Answer answer =
        there.agent().with(svid(there, agent)).call("POST", "/v1/tasks", opening(grant));
    assertEquals("grant-refused", answer.problem(), answer.body().encode());
  }

  private static ProxyCall.Answer orders(Rig rig, OpenedTask task, String method) {
    return new ProxyCall(method, api.address() + "/orders").as(task).send(rig.proxyPort());
  }

  @Test
  void threeAgentsAcrossTwoSidecarsAreAllDeadWhenThePlannersTaskEnds() {
    // Given
    OpenedTask planner = here.agent().open("restock");
    OpenedTask researcher =
        here.agent()
            .with(planner.token())
            .open(
                new JsonObject()
                    .put("agent", RESEARCHER)
                    .put("purpose", "look it up")
                    .put("methods", new JsonArray().add("GET")));
    here.agent()
        .with(researcher.token())
        .call(
            "POST",
            "/v1/tasks/" + researcher.id() + "/proof",
            new JsonObject().put("svid", svid(here, RESEARCHER)))
        .expect(200);

    // When
    OpenedTask writer = redeem(WRITER, grant(researcher, wish()));

    // Then it is attenuated, and has a lease of its own
    assertEquals(200, orders(here, researcher, "GET").status());
    String researchers = here.lastCredential(api).user();
    ProxyCall.Answer read = orders(there, writer, "GET");
    assertEquals(200, read.status(), read.body());
    String writers = there.lastCredential(api).user();
    assertNotEquals(researchers, writers);
    assertEquals("rule-denied", orders(there, writer, "POST").problem());
    JsonObject view = there.operator().view(writer);
    assertEquals(
        List.of(Rig.AGENT, RESEARCHER, WRITER),
        view.getJsonArray("chain").getList(),
        view.encode());
    assertEquals(researcher.id(), view.getString("parent"));
    assertEquals(planner.id(), view.getString("root_task"));

    // When
    JsonObject report = here.agent().end(planner, "completed");

    // Then
    assertEquals("complete", report.getString("proof"), report.encode());
    assertEquals("parent", there.operator().view(writer).getString("signal"));
    assertEquals(List.of(), TESTBED.vaultAdmin().leases(PATH));
    for (String user : List.of(researchers, writers)) {
      assertFalse(TESTBED.database().leasedUsers().contains(user), user);
    }
    assertEquals("task-ended", orders(there, writer, "GET").problem());
    List<JsonObject> lines = there.audit().lines().map(JsonObject::new).toList();
    assertTrue(
        lines.stream()
            .anyMatch(
                line ->
                    line.getString("type").equals("task.opened")
                        && line.getString("root_task", "").equals(planner.id())
                        && line.getString("sidecar", "").equals(here.spiffeId())),
        there.audit());
    assertTrue(
        here.audit()
            .lines()
            .map(JsonObject::new)
            .anyMatch(
                line ->
                    line.getString("type").equals("grant.ended")
                        && line.getString("cause").equals("complete")),
        here.audit());
  }

  @Test
  void grantIsGoodOnceForItsAgentAtItsSidecarAndWhileItsTaskLives() {
    // Given
    OpenedTask planner = here.agent().open("restock");
    int mark = there.vaultMark();
    String grant = grant(planner, wish());

    // Then: stolen by another agent, changed, and for the wrong sidecar
    assertRefused(STRANGER, grant);
    int dot = grant.lastIndexOf('.');
    assertRefused(WRITER, grant.substring(0, dot - 2) + "AA" + grant.substring(dot));
    assertEquals(
        "grant-refused",
        here.agent().call("POST", "/v1/tasks", opening(grant)).problem(),
        "brought back to its issuer");

    // When it is used, and used again
    OpenedTask writer = redeem(WRITER, grant);
    assertRefused(WRITER, grant);

    // When the task that granted has ended
    String later = grant(planner, wish());
    here.agent().end(planner, "completed");
    assertRefused(WRITER, later);
    assertEquals("task-ended", orders(there, writer, "GET").problem());
    assertEquals("task-ended", ask(planner, wish()).problem());
    assertEquals(List.of(), there.vaultCallsSince(mark), "nothing was leased");
  }

  @Test
  void grantForMoreThanTheTaskHasIsNotMade() {
    // Given
    OpenedTask planner = here.agent().open("restock");

    // Then
    for (JsonObject wish :
        List.of(
            wish().put("ttl", "1h"),
            wish().put("agent", Rig.AGENT),
            wish().put("sidecar", "spiffe://example.org/leasehold/nobody"),
            wish().put("agent", "spiffe://example.com/agent/writer"))) {
      assertEquals("forbidden", ask(planner, wish).problem(), wish.encode());
    }
    assertEquals("invalid-request", ask(planner, wish().put("destinations", "orders")).problem());
    here.agent().end(planner, "completed");
  }
}
