package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.target.DemoApi;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * A read that is under way when its task ends escapes the revocation of the task's token: Vault
 * answers it seconds later, with a lease that lives on. Ours does not.
 */
class LateLeaseIT {
  private static final String PATH = "database/creds/" + VaultMounts.SLOW_DATABASE_ROLE;
  private final Testbed testbed = SharedTestbed.get();

  @Test
  void aLeaseThatIsAnsweredAfterTheFenceIsRevokedAndProvenDead() {
    try (DemoApi api = DemoApi.start(testbed.database());
        Rig rig =
            new Rig(testbed)
                .rules(OrdersRules.of(api.address(), VaultMounts.SLOW_DATABASE_ROLE))
                .start()) {
      Refusals before = rig.refusals();
      OpenedTask task = rig.agent().open("restock");
      CompletableFuture<ProxyCall.Answer> call =
          CompletableFuture.supplyAsync(
              () -> new ProxyCall("GET", api.address() + "/orders").as(task).send(rig.proxyPort()));
      Await.until(
          "the database is making the role",
          () -> testbed.database().statements().stream().anyMatch(sql -> sql.contains("pg_sleep")));

      JsonObject report = rig.agent().end(task, "cancelled");

      assertEquals("task-ended", call.join().problem());
      before.assertTold("task-ended");
      assertTrue(rig.audit().contains("\"type\":\"lease.late\""), "the late lease is told of");
      assertEquals("complete", report.getString("proof"), report.encode());
      assertEquals(0, report.getInteger("unproven"), report.encode());
      assertEquals(List.of(), testbed.vaultAdmin().leases(PATH));
      assertEquals(List.of(), testbed.database().leasedUsers());
      assertEquals(0, api.requests().size(), "the upstream was reached");
    }
  }
}
