package dev.leasehold.suite.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.vault.VaultAnswer;
import dev.leasehold.testbed.vault.VaultCall;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Health, seal, the bodies of refusals, policies, KV and the audit of calls. */
@ParameterizedClass
@MethodSource("dev.leasehold.suite.contract.ContractRig#servers")
final class VaultServerContractIT {
  private final ContractRig rig;

  VaultServerContractIT(ContractRig rig) {
    this.rig = rig;
  }

  private static String wrapped(String text) {
    return "1 error occurred:\n\t* " + text + "\n\n";
  }

  /** A KV of version 2 with the secret {@code app}. */
  private void mountKv(String path) {
    rig.root.write("sys/mounts/" + path, "type", "kv", "options", Map.of("version", "2")).orThrow();
    Await.until(
        path + " takes secrets",
        () -> rig.root.write(path + "/data/app", "data", new JsonObject().put("key", "one")).ok());
  }

  @Test
  void healthTellsStateAndVersionToAnyone() {
    VaultAnswer answer = rig.root.as("").read("sys/health");

    assertEquals(200, answer.status());
    assertTrue(answer.body().getBoolean("initialized"));
    assertFalse(answer.body().getBoolean("sealed"));
    assertFalse(answer.body().getBoolean("standby"));
    assertEquals("1.21.1", answer.body().getString("version"));
  }

  @Test
  void sealedVaultAnswers503AndForgetsNothing() {
    // Given
    mountKv("kept");

    // When
    rig.vault.seal();
    VaultAnswer health = rig.root.read("sys/health");
    VaultAnswer read = rig.root.read("kept/data/app");
    rig.vault.unseal();

    // Then
    assertEquals(503, health.status());
    assertTrue(health.body().getBoolean("sealed"));
    assertEquals(503, read.status());
    assertEquals(List.of("Vault is sealed"), read.errors());
    assertEquals(
        "one",
        rig.root.read("kept/data/app").orThrow().data().getJsonObject("data").getString("key"));
  }

  @Test
  void unknownTokenIsRefusedAsInvalid() {
    VaultAnswer answer = rig.root.as("hvs.unknown").read("auth/token/lookup-self");

    assertEquals(403, answer.status());
    assertEquals(
        List.of("2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"),
        answer.errors());
  }

  @Test
  void missingTokenIsRefused() {
    VaultAnswer answer = rig.root.as("").read("auth/token/lookup-self");

    assertEquals(403, answer.status());
    assertEquals(List.of("permission denied"), answer.errors());
  }

  @Test
  void policyRefusesWhatItDoesNotName() {
    VaultAnswer answer = rig.holding(rig.policy("path \"a/b\" {}")).read("sys/mounts");

    assertEquals(403, answer.status());
    assertEquals(List.of(wrapped("permission denied")), answer.errors());
  }

  @Test
  void absentMountAndUnsupportedOperationHaveTheirOwnBodies() {
    VaultAnswer mount = rig.root.read("nowhere/x");
    VaultAnswer path = rig.root.read("auth/token/nothing-here");
    VaultAnswer verb = rig.root.delete("auth/token/create");

    assertEquals(404, mount.status());
    assertEquals(
        List.of("no handler for route \"nowhere/x\". route entry not found."), mount.errors());
    assertEquals(404, path.status());
    assertEquals(List.of(wrapped("unsupported path")), path.errors());
    assertEquals(405, verb.status());
    assertEquals(List.of(wrapped("unsupported operation")), verb.errors());
  }

  @Test
  void absentEntryIs404WithoutAWord() {
    VaultAnswer answer = rig.root.read("auth/token/roles/nobody");

    assertEquals(404, answer.status());
    assertEquals(List.of(), answer.errors());
  }

  @Test
  void brokenJsonIs500AndAnArrayIs400() {
    for (String body : List.of("{", "{\"ttl\": }", "{\"ttl\": \"1m\"} x")) {
      VaultAnswer answer = rig.root.post("auth/token/create", body);

      assertEquals(500, answer.status(), body);
      assertEquals(1, answer.errors().size(), body);
    }
    VaultAnswer array = rig.root.post("auth/token/create", "[1]");
    assertEquals(400, array.status());
    assertTrue(
        array.errors().getFirst().startsWith("error parsing JSON: failed to parse JSON input"),
        array.errors().toString());
  }

  @Test
  void wrongTypesInJsonAre400() {
    for (String body : List.of("{\"ttl\": \"bogus\"}", "{\"meta\": \"text\"}")) {
      assertEquals(400, rig.root.post("auth/token/create", body).status(), body);
    }
  }

  @Test
  void allowedParametersTakeGlobsForValuesAndRefuseOtherNames() {
    String policy =
        rig.policy(
            """
            path "sys/leases/lookup" {
              capabilities = ["update"]
              allowed_parameters = { "lease_id" = ["database/creds/ro/*"] }
            }
            """);
    ContractClient holder = rig.holding(policy);

    VaultAnswer inside = holder.write("sys/leases/lookup", "lease_id", "database/creds/ro/x");
    VaultAnswer outside = holder.write("sys/leases/lookup", "lease_id", "database/creds/rw/x");
    VaultAnswer other =
        holder.write("sys/leases/lookup", "lease_id", "database/creds/ro/x", "sync", true);

    assertEquals(400, inside.status());
    assertEquals(List.of("invalid lease"), inside.errors());
    assertEquals(403, outside.status());
    assertEquals(403, other.status());
  }

  @Test
  void denyBeatsEveryOtherPolicy() {
    mountKv("den");
    String allow = rig.policy("path \"den/*\" { capabilities = [\"read\"] }");
    String deny = rig.policy("path \"den/*\" { capabilities = [\"deny\"] }");

    assertEquals(200, rig.holding(allow).read("den/data/app").status());
    assertEquals(403, rig.holding(allow, deny).read("den/data/app").status());
  }

  @Test
  void kvVersionTwoKeepsVersionsAndSoftDeletes() {
    // Given
    mountKv("two");
    VaultAnswer written =
        rig.root.write("two/data/app", "data", new JsonObject().put("key", "two")).orThrow();

    // When
    VaultAnswer read = rig.root.read("two/data/app").orThrow();
    rig.root.delete("two/data/app").orThrow();
    VaultAnswer gone = rig.root.read("two/data/app");

    // Then
    assertEquals(2, written.data().getInteger("version"));
    assertEquals("two", read.data().getJsonObject("data").getString("key"));
    assertEquals(2, read.data().getJsonObject("metadata").getInteger("version"));
    assertEquals("", read.body().getString("lease_id"));
    assertFalse(read.body().getBoolean("renewable"));
    assertEquals(404, gone.status());
    assertEquals(List.of(), gone.errors());
    assertFalse(
        gone.data().getJsonObject("metadata").getString("deletion_time").isEmpty(),
        gone.body().encode());
    assertEquals(404, rig.root.read("two/data/nothing").status());
  }

  @Test
  void everyCallIsAuditedWithTheTokensMetadata() {
    // Given
    String token =
        rig.token(
            "policies", List.of("default"), "meta", Map.of("task", "t-7"), "display_name", "t-7");

    // When
    rig.root.as(token).read("auth/token/lookup-self").orThrow();
    rig.root.as(token).read("sys/mounts");

    // Then
    List<VaultCall> calls =
        rig.vault.calls().stream()
            .filter(call -> "t-7".equals(call.metadata().get("task")))
            .toList();
    assertEquals(List.of("auth/token/lookup-self", "sys/mounts"), paths(calls));
    assertEquals("read", calls.getFirst().operation());
    assertEquals("token-t-7", calls.getFirst().displayName());
    assertFalse(calls.getFirst().failed());
    assertTrue(calls.getLast().error().contains("permission denied"));
  }

  private static List<String> paths(List<VaultCall> calls) {
    return calls.stream().map(VaultCall::path).toList();
  }
}
