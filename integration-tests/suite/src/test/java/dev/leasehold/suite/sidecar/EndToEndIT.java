package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.postgres.DemoDatabase;
import dev.leasehold.testbed.postgres.PostgresServer;
import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.target.BasicLogin;
import dev.leasehold.testbed.target.DemoApi;
import dev.leasehold.testbed.vault.VaultCall;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One task, end to end: identity, lease, injection, end, proof, with a database's users. */
class EndToEndIT {
  private static final Testbed TESTBED = SharedTestbed.get();
  private static DemoApi api;
  private static Rig rig;

  @BeforeAll
  static void start() {
    api = DemoApi.start(TESTBED.database(), TESTBED.ca().leaf("localhost"));
    PostgresServer server = TESTBED.database().server();
    String database =
        "postgresql://" + server.host() + ":" + server.port() + "/" + DemoDatabase.NAME;
    rig =
        new Rig(TESTBED)
            .secretFile("verifier.password", TESTBED.database().vaultPassword())
            .rules(
                OrdersRules.verified(
                    api.address(), VaultMounts.DATABASE_ROLE, database, DemoDatabase.VAULT_USER))
            .start();
  }

  @AfterAll
  static void stop() {
    rig.close();
    api.close();
  }

  private static ProxyCall orders(OpenedTask task) {
    return new ProxyCall("GET", "http://localhost:" + api.address().getPort() + "/orders").as(task);
  }

  @Test
  void noSecretIsFetchedBeforeACallNeedsIt() {
    int mark = rig.vaultMark();
    OpenedTask task = rig.agent().open("restock");
    rig.agent().end(task, "completed");
    assertEquals(List.of(), rig.vaultCallsSince(mark));
  }

  @Test
  void theCredentialIsMadeForTheTaskAndDeadEverywhereAfterItsEnd() throws SQLException {
    // Given a task whose credential is in use, in a session that would go on by itself
    OpenedTask task = rig.agent().open("restock");
    assertEquals(200, orders(task).send(rig.proxyPort()).status());
    BasicLogin credential = rig.lastCredential(api);
    String lease = onlyLease();
    String accessor = accessorOf(task);
    try (Connection session =
        TESTBED.database().connect(credential.user(), credential.password())) {
      assertTrue(session.isValid(5));
      assertTrue(TESTBED.database().leasedUsers().contains(credential.user()));

      // When the task ends
      JsonObject report = rig.agent().end(task, "completed");

      // Then all of it is dead, and the report says what was proven
      assertEquals("complete", report.getString("proof"), report.encode());
      assertEquals(1, report.getInteger("leases"));
      assertEquals(1, report.getInteger("revoked"));
      assertEquals(1, report.getInteger("proven_vault"));
      assertEquals(1, report.getInteger("proven_target"));
      assertEquals(0, report.getInteger("unproven"));
      assertFalse(TESTBED.vaultAdmin().leaseAlive(lease), "lease");
      assertFalse(TESTBED.vaultAdmin().accessorAlive(accessor), "task token");
      assertFalse(TESTBED.database().leasedUsers().contains(credential.user()), "role");
      Await.until(
          "the session is gone", () -> !TESTBED.database().sessions().contains(credential.user()));
      assertFalse(session.isValid(5), "session");
    }
  }

  @Test
  void aTaskWithOneCredentialCostsSixCallsOfVaultAtMost() {
    int mark = rig.vaultMark();
    OpenedTask task = rig.agent().open("restock");
    for (int i = 0; i < 5; i++) {
      assertEquals(200, orders(task).send(rig.proxyPort()).status());
    }
    rig.lastCredential(api);
    rig.agent().end(task, "completed");
    List<VaultCall> calls = rig.vaultCallsSince(mark);
    assertTrue(calls.size() <= 6, calls.toString());
  }

  @Test
  void anEndedTaskReachesNothing() {
    OpenedTask task = rig.agent().open("restock");
    assertEquals(200, orders(task).send(rig.proxyPort()).status());
    rig.lastCredential(api);
    rig.agent().end(task, "cancelled");
    int before = api.requests().size();
    ProxyCall.Answer answer = orders(task).send(rig.proxyPort());
    assertEquals(403, answer.status());
    assertEquals("task-ended", answer.problem());
    assertEquals(before, api.requests().size());
  }

  @Test
  void auditAndMetricsTellTheSameStory() {
    OpenedTask task = rig.agent().open("restock");
    assertEquals(200, orders(task).send(rig.proxyPort()).status());
    rig.lastCredential(api);
    rig.agent().end(task, "completed");
    List<String> events =
        rig.audit()
            .lines()
            .filter(line -> line.contains(task.id()))
            .map(line -> new JsonObject(line).getString("type"))
            .toList();
    assertTrue(
        events.containsAll(
            List.of("task.opened", "lease.issued", "call.decided", "lease.proven", "task.ended")),
        events.toString());
    rig.leasehold(Map.of(), "audit", "verify", rig.auditFile().toString()).orThrow();
    assertEquals(
        0,
        Admin.metric(
            rig, "leasehold_leases_active{credential=\"orders-db\",revocability=\"hard\"}"));
    assertTrue(
        Admin.metric(rig, "leasehold_tasks_ended_total{kind=\"restock\",signal=\"completed\"}")
            >= 1);
  }

  private static String onlyLease() {
    List<String> leases =
        TESTBED.vaultAdmin().leases("database/creds/" + VaultMounts.DATABASE_ROLE);
    assertEquals(1, leases.size(), leases.toString());
    return leases.getFirst();
  }

  /** The accessor of the task's token, as the broker's journal never tells it. */
  private static String accessorOf(OpenedTask task) {
    return TESTBED
        .vaultAdmin()
        .list("auth/token/accessors")
        .orThrow()
        .data()
        .getJsonArray("keys")
        .stream()
        .map(String.class::cast)
        .filter(
            accessor -> {
              var answer =
                  TESTBED
                      .vaultAdmin()
                      .write(
                          "auth/token/lookup-accessor", new JsonObject().put("accessor", accessor));
              JsonObject meta = answer.ok() ? answer.data().getJsonObject("meta") : null;
              return meta != null && task.id().equals(meta.getString("task"));
            })
        .findFirst()
        .orElseThrow();
  }
}
