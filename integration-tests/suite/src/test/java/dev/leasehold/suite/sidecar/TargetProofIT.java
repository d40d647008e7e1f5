package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.postgres.DemoDatabase;
import dev.leasehold.testbed.postgres.PostgresServer;
import dev.leasehold.testbed.target.DemoApi;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Vault says what Vault knows; where a credential was used, only the target knows. */
class TargetProofIT {
  private static final Testbed TESTBED = SharedTestbed.get();

  /** Its revocation does nothing, as where somebody has mended the statements at the wrong end. */
  private static final String STICKY = "orders-sticky";

  private static void makeStickyRole() {
    TESTBED
        .vaultAdmin()
        .write(
            "database/roles/" + STICKY,
            new JsonObject()
                .put("db_name", "orders")
                .put("default_ttl", "5m")
                .put("max_ttl", "30m")
                .put(
                    "creation_statements",
                    new JsonArray()
                        .add(
                            "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' IN ROLE "
                                + DemoDatabase.APP_ROLE
                                + ";"))
                .put("revocation_statements", new JsonArray().add("SELECT 1;")))
        .orThrow();
  }

  @Test
  void aUserThatVaultCallsRevokedAndTheDatabaseStillHasIsNotCalledProvenThere()
      throws SQLException {
    makeStickyRole();
    PostgresServer server = TESTBED.database().server();
    String database =
        "postgresql://" + server.host() + ":" + server.port() + "/" + DemoDatabase.NAME;
    try (DemoApi api = DemoApi.start(TESTBED.database());
        Rig rig =
            new Rig(TESTBED)
                .secretFile("verifier.password", TESTBED.database().vaultPassword())
                .rules(
                    OrdersRules.verified(api.address(), STICKY, database, DemoDatabase.VAULT_USER))
                .start()) {
      // Given
      OpenedTask task = rig.agent().open("restock");
      String url = api.address() + "/orders";
      assertEquals(200, new ProxyCall("GET", url).as(task).send(rig.proxyPort()).status());
      String user = rig.lastCredential(api).user();

      // When
      JsonObject report = rig.agent().end(task, "completed");

      // Then
      assertTrue(TESTBED.database().leasedUsers().contains(user), "still there");
      assertEquals(List.of(), TESTBED.vaultAdmin().leases("database/creds/" + STICKY));
      assertEquals(1, report.getInteger("proven_vault"), report.encode());
      assertEquals(0, report.getInteger("proven_target"), report.encode());
      assertTrue(rig.audit().contains("\"type\":\"lease.present-at-target\""), "and written down");
      drop(user);
    }
  }

  private static void drop(String user) throws SQLException {
    try (Connection connection = TESTBED.database().server().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP ROLE \"" + user + "\"");
    }
  }
}
