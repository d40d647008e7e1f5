package dev.leasehold.suite.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.testbed.postgres.DemoDatabase;
import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.vault.VaultAnswer;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Leases of users in a PostgreSQL that is always a real one. */
@ParameterizedClass
@MethodSource("dev.leasehold.suite.contract.ContractRig#servers")
final class VaultLeaseContractIT {
  private static final String CREATE =
      "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'"
          + " IN ROLE "
          + DemoDatabase.APP_ROLE
          + ";";
  private static final List<String> INVALID_LEASE = List.of("invalid lease");

  private final ContractRig rig;
  private final DemoDatabase database;

  VaultLeaseContractIT(ContractRig rig) {
    this.rig = rig;
    this.database = rig.database();
  }

  @BeforeParameterizedClassInvocation
  static void mount(ContractRig rig) {
    DemoDatabase database = rig.database();
    rig.root.write("sys/mounts/database", "type", "database").orThrow();
    rig.root
        .write(
            "database/config/orders",
            "plugin_name",
            "postgresql-database-plugin",
            "allowed_roles",
            List.of("*"),
            "connection_url",
            database.vaultConnectionUrl(),
            "username",
            DemoDatabase.VAULT_USER,
            "password",
            database.vaultPassword())
        .orThrow();
    role(rig, "ro", "5m", List.of(CREATE));
    role(rig, "short", "2s", List.of(CREATE));
    role(rig, "slow", "5m", List.of("SELECT pg_sleep(2);", CREATE));
    role(rig, "broken", "5m", List.of("NOT SQL;"));
  }

  private static void role(ContractRig rig, String name, String ttl, List<String> creation) {
    rig.root
        .write(
            "database/roles/" + name,
            "db_name",
            "orders",
            "default_ttl",
            ttl,
            "max_ttl",
            "10m",
            "creation_statements",
            creation)
        .orThrow();
  }

  @AfterParameterizedClassInvocation
  static void nothingIsLeft(ContractRig rig) {
    rig.root.write("sys/leases/revoke-prefix/database/creds", "sync", true).orThrow();
    assertEquals(List.of(), rig.database().leasedUsers());
  }

  private VaultAnswer lookup(String lease) {
    return rig.root.write("sys/leases/lookup", "lease_id", lease);
  }

  private void assertDead(String lease, String user) {
    VaultAnswer answer = lookup(lease);
    assertEquals(400, answer.status());
    assertEquals(INVALID_LEASE, answer.errors());
    assertTrue(!database.leasedUsers().contains(user), user);
  }

  private static String user(VaultAnswer creds) {
    return creds.data().getString("username");
  }

  private static String lease(VaultAnswer creds) {
    return creds.body().getString("lease_id");
  }

  @Test
  void credentialIsAUserOfTheDatabaseUntilItsSyncRevoke() throws SQLException {
    // Given
    VaultAnswer creds = rig.root.read("database/creds/ro").orThrow();
    assertTrue(lease(creds).startsWith("database/creds/ro/"));
    assertEquals(300, creds.body().getInteger("lease_duration"));
    assertTrue(creds.body().getBoolean("renewable"));
    assertTrue(user(creds).startsWith("v-"), user(creds));
    try (Connection session = database.connect(user(creds), creds.data().getString("password"))) {
      assertTrue(session.isValid(5));
    }
    JsonObject found = lookup(lease(creds)).orThrow().data();
    assertEquals(lease(creds), found.getString("id"));
    assertTrue(found.getInteger("ttl") > 290);

    // When
    VaultAnswer revoked =
        rig.root.write("sys/leases/revoke", "lease_id", lease(creds), "sync", true);

    // Then
    assertEquals(204, revoked.status());
    assertDead(lease(creds), user(creds));
    assertThrows(
        SQLException.class,
        () -> database.connect(user(creds), creds.data().getString("password")).close());
  }

  @Test
  void queuedRevokeIs202AndHappensSoon() {
    VaultAnswer creds = rig.root.read("database/creds/ro").orThrow();

    VaultAnswer revoked =
        rig.root.write("sys/leases/revoke", "lease_id", lease(creds), "sync", false);

    assertEquals(202, revoked.status());
    Await.until("the lease is dead", () -> lookup(lease(creds)).status() == 400);
    assertDead(lease(creds), user(creds));
  }

  @Test
  void revokingAnUnknownLeaseIsASuccess() {
    VaultAnswer answer =
        rig.root.write("sys/leases/revoke", "lease_id", "database/creds/ro/none", "sync", true);

    assertEquals(204, answer.status());
    assertEquals(INVALID_LEASE, lookup("database/creds/ro/none").errors());
  }

  @Test
  void tokensEndQueuesItsLeases() {
    // Given
    String policy = rig.policy("path \"database/creds/ro\" { capabilities = [\"read\"] }");
    JsonObject auth =
        rig.root.write("auth/token/create", "policies", List.of(policy)).orThrow().auth();
    VaultAnswer creds =
        rig.root.as(auth.getString("client_token")).read("database/creds/ro").orThrow();

    // When
    VaultAnswer revoked =
        rig.root.write("auth/token/revoke-accessor", "accessor", auth.getString("accessor"));

    // Then
    assertEquals(204, revoked.status());
    Await.until("the lease is dead", () -> lookup(lease(creds)).status() == 400);
    assertDead(lease(creds), user(creds));
  }

  @Test
  void lateLeaseEscapesTheEndOfItsToken() {
    // Given
    String policy = rig.policy("path \"database/creds/slow\" { capabilities = [\"read\"] }");
    JsonObject auth =
        rig.root.write("auth/token/create", "policies", List.of(policy)).orThrow().auth();
    ContractClient holder = rig.root.as(auth.getString("client_token"));
    CompletableFuture<VaultAnswer> reading =
        CompletableFuture.supplyAsync(() -> holder.read("database/creds/slow"));
    Await.until(
        "the database is busy", () -> database.sessions().contains(DemoDatabase.VAULT_USER));
    Await.until("the statement runs", this::sleeping);

    // When
    VaultAnswer revoked =
        rig.root.write("auth/token/revoke-accessor", "accessor", auth.getString("accessor"));
    boolean answeredBefore = reading.isDone();
    VaultAnswer late = reading.join().orThrow();

    // Then
    assertEquals(204, revoked.status());
    assertEquals(false, answeredBefore);
    assertEquals(200, lookup(lease(late)).status());
    assertTrue(database.leasedUsers().contains(user(late)));
    assertEquals(
        204, rig.root.write("sys/leases/revoke", "lease_id", lease(late), "sync", true).status());
    assertDead(lease(late), user(late));
  }

  private boolean sleeping() {
    try (Connection connection = database.server().connect();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")) {
      return rows.next();
    } catch (SQLException failed) {
      throw new IllegalStateException(failed);
    }
  }

  @Test
  void leaseThatIsNotRenewedExpiresWithItsUser() {
    VaultAnswer creds = rig.root.read("database/creds/short").orThrow();

    Await.until("the lease is dead", () -> lookup(lease(creds)).status() == 400);

    assertDead(lease(creds), user(creds));
  }

  @Test
  void renewalProlongsUpToTheRolesMaximumAndWarnsThere() {
    VaultAnswer creds = rig.root.read("database/creds/ro").orThrow();

    VaultAnswer renewed =
        rig.root.write("sys/leases/renew", "lease_id", lease(creds), "increment", 400).orThrow();
    VaultAnswer capped =
        rig.root.write("sys/leases/renew", "lease_id", lease(creds), "increment", 6000).orThrow();

    assertEquals(400, renewed.body().getInteger("lease_duration"));
    assertEquals(lease(creds), lease(renewed));
    assertTrue(capped.body().getInteger("lease_duration") <= 600);
    assertTrue(capped.body().getJsonArray("warnings").size() > 0);
  }

  @Test
  void renewingADeadLeaseIs400() {
    VaultAnswer answer = rig.root.write("sys/leases/renew", "lease_id", "database/creds/ro/none");

    assertEquals(400, answer.status());
    assertEquals(List.of("lease not found"), answer.errors());
  }

  @Test
  void leaseIsNotCappedByItsTokensLife() {
    String policy = rig.policy("path \"database/creds/ro\" { capabilities = [\"read\"] }");
    String token = rig.token("policies", List.of(policy), "ttl", "60s");

    VaultAnswer creds = rig.root.as(token).read("database/creds/ro").orThrow();

    assertEquals(300, creds.body().getInteger("lease_duration"));
  }

  @Test
  void unknownRoleIs400AndBrokenStatementsAre500() {
    VaultAnswer unknown = rig.root.read("database/creds/nobody");
    VaultAnswer broken = rig.root.read("database/creds/broken");

    assertEquals(400, unknown.status());
    assertEquals(List.of("unknown role: nobody"), unknown.errors());
    assertEquals(500, broken.status());
    assertTrue(broken.errors().getFirst().startsWith("1 error occurred:\n\t* "));
  }

  @Test
  void leasesAreListedUnderTheirPath() {
    VaultAnswer creds = rig.root.read("database/creds/ro").orThrow();

    VaultAnswer list = rig.root.list("sys/leases/lookup/database/creds/ro").orThrow();

    assertTrue(
        list.data()
            .getJsonArray("keys")
            .contains(lease(creds).substring("database/creds/ro/".length())));
  }
}
