package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.suite.sidecar.Curl.Got;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.server.FreePorts;
import dev.leasehold.testbed.target.DemoApi;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An agent that knows nothing of tasks, and calls through the default listener. */
class DefaultTaskIT {
  private static final Testbed TESTBED = SharedTestbed.get();
  private static DemoApi api;

  @BeforeAll
  static void start() {
    api = DemoApi.start(TESTBED.database());
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  private static Rig rig(String address, String ttl) {
    Rig rig = new Rig(TESTBED);
    return rig.defaultProxy(address)
        .rules(
            """
            default-task: {kind: quiet, purpose: "whatever the agent does", uid: %d}
            tasks:
              quiet:
                agents: ["%s"]
                ttl: %s
                vault: {role: "leasehold-${rig}-quiet"}
                destinations: [orders-api]
              restock:
                agents: ["%s", "%s"]
                ttl: 5m
                vault: {role: "leasehold-${rig}-restock"}
                destinations: [orders-api]
            destinations:
              orders-api:
                url: %s
                environment: test
                addresses: [127.0.0.0/8, "::1"]
                allow: [{methods: [GET], paths: ["/orders"]}]
                credential: orders-db
            """
                    .formatted(
                        rig.uids().agent(), Rig.AGENT, ttl, Rig.AGENT, Rig.NEIGHBOUR, api.address())
                + OrdersRules.credentials(VaultMounts.DATABASE_ROLE))
        .start();
  }

  private static Got orders(int uid, String port) {
    return call(uid, port, api.address() + "/orders");
  }

  private static Got call(int uid, String port, String url) {
    return Curl.as(uid, "--noproxy", "", "-x", "http://127.0.0.1:" + port, url);
  }

  @Test
  void exampleServesAnAgentThatOpensNoTask() {
    String port = String.valueOf(FreePorts.next());
    try (Rig rig = new Rig(TESTBED, "spiffe://example.org/leasehold/without-tasks");
        DemoApi secure = DemoApi.start(TESTBED.database(), TESTBED.ca().leaf("localhost"))) {
      new Example("without-tasks", TESTBED, rig)
          .put("uid: 2001", "uid: " + rig.uids().stranger())
          .put("127.0.0.1:15080", "127.0.0.1:" + rig.proxyPort())
          .put("127.0.0.1:15090", "127.0.0.1:" + rig.adminPort())
          .put("127.0.0.1:15070", "127.0.0.1:" + port)
          .put("audit: {stdout: true}", "audit: {file: '" + rig.auditFile() + "'}" + folders(rig))
          .put(
              "https://orders.internal",
              secure.address() + "\n    tls: {ca: 'file:" + rig.folder() + "/upstream-ca.pem'}")
          .start();
      awaitOpen(rig);
      String url = "http://localhost:" + secure.address().getPort() + "/orders/today";
      Got got = call(rig.uids().agent(), port, url);
      assertEquals(200, got.status(), got.body());
      rig.lastCredential(secure);
    }
    assertEquals(
        List.of(), TESTBED.vaultAdmin().leases("database/creds/" + VaultMounts.DATABASE_ROLE));
  }

  private static String folders(Rig rig) {
    return "\nruntime-dir: %1$s/run\nstate-dir: %1$s/state".formatted(rig.folder());
  }

  private static void awaitOpen(Rig rig) {
    Await.until(
        "the default task is open",
        () -> Admin.get(rig, "/readyz").body().contains("\"default-task\":{\"ok\":true"));
  }

  private static List<JsonObject> openings(Rig rig) {
    return rig.audit()
        .lines()
        .map(JsonObject::new)
        .filter(event -> event.getString("type").equals("task.opened"))
        .filter(event -> event.getString("kind").equals("quiet"))
        .toList();
  }

  @Test
  void callsWithoutATaskAreTheDefaultTasksAndNobodyElsesUidIsServed() {
    String port = String.valueOf(FreePorts.next());
    try (Rig rig = rig("127.0.0.1:" + port, "10m")) {
      awaitOpen(rig);

      // When the agent calls as it always did
      Got got = orders(rig.uids().agent(), port);

      // Then a credential was leased for the default task
      assertEquals(200, got.status(), got.body());
      rig.lastCredential(api);
      JsonObject opened = openings(rig).getFirst();
      assertEquals(Rig.AGENT, opened.getString("agent"));
      assertEquals("whatever the agent does", opened.getString("purpose"));
      String task = opened.getString("task");
      assertTrue(
          rig.audit()
              .lines()
              .anyMatch(line -> line.contains("lease.issued") && line.contains(task)));
      if (rig.uids().areSeparate()) {
        Refusals before = rig.refusals();
        int reached = api.requests().size();
        assertEquals(403, orders(rig.uids().stranger(), port).status());
        before.assertTold("forbidden");
        assertEquals(reached, api.requests().size());
      }

      // When an operator ends it, it stays ended
      JsonObject report =
          rig.operator()
              .call(
                  "POST",
                  "/v1/tasks/" + task + "/signals?wait=30s",
                  new JsonObject().put("type", "cancelled"))
              .expect(200)
              .body();
      assertEquals("complete", report.getString("proof"), report.encode());
      Refusals before = rig.refusals();
      assertEquals(403, orders(rig.uids().agent(), port).status());
      before.assertTold("task-ended");
      assertEquals(1, openings(rig).size());
      assertTrue(Admin.get(rig, "/readyz").body().contains("the default task has ended"));
    }
  }

  @Test
  void itIsOpenedAgainWhenItsTimeIsOverAndNeverAfterALock() {
    String port = String.valueOf(FreePorts.next());
    try (Rig rig = rig("127.0.0.1:" + port, "6s")) {
      Await.until("its second life", () -> openings(rig).size() >= 2);
      assertTrue(
          rig.audit().lines().anyMatch(line -> line.contains("\"signal\":\"deadline\"")),
          rig.audit());
      awaitOpen(rig);
      assertEquals(200, orders(rig.uids().agent(), port).status());
      rig.lastCredential(api);

      // When everything is locked, and unlocked again
      rig.operator()
          .call("POST", "/v1/revoke-all", new JsonObject().put("reason", "a drill"))
          .expect(202);
      int lives = openings(rig).size();
      rig.operator().call("DELETE", "/v1/revoke-all", new JsonObject());

      // Then it stays ended, however much time passes in which others open tasks
      Await.until(
          "tasks can be opened again",
          () ->
              rig.agent()
                      .call(
                          "POST",
                          "/v1/tasks",
                          new JsonObject().put("kind", "restock").put("purpose", "after"))
                      .status()
                  == 201);
      assertEquals(403, orders(rig.uids().agent(), port).status());
      assertEquals(lives, openings(rig).size());
    }
  }
}
