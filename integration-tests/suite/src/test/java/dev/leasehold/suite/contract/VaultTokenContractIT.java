package dev.leasehold.suite.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.vault.VaultAnswer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Token roles, trees of tokens, their lives and their ends. */
@ParameterizedClass
@MethodSource("dev.leasehold.suite.contract.ContractRig#servers")
final class VaultTokenContractIT {
  private static final List<String> INVALID_ACCESSOR =
      List.of("1 error occurred:\n\t* invalid accessor\n\n");

  private final ContractRig rig;

  VaultTokenContractIT(ContractRig rig) {
    this.rig = rig;
  }

  private String role(Object... namesAndValues) {
    String name = "r-" + UUID.randomUUID();
    rig.root.write("auth/token/roles/" + name, namesAndValues).orThrow();
    return name;
  }

  private String taskRole(String... policies) {
    return role(
        "allowed_policies", List.of(policies),
        "renewable", false,
        "orphan", false,
        "token_no_default_policy", true,
        "token_type", "service");
  }

  private JsonObject lookup(String accessor) {
    return rig.root.write("auth/token/lookup-accessor", "accessor", accessor).orThrow().data();
  }

  @Test
  void roleGivesExactlyTheNamedPoliciesWithoutDefault() {
    JsonObject auth =
        rig.made(
            rig.root,
            taskRole("one", "two"),
            "policies",
            List.of("one"),
            "ttl",
            "20m",
            "display_name",
            "tsk-42",
            "meta",
            Map.of("task", "42", "agent", "spiffe://example.org/a"));

    assertEquals(new JsonArray().add("one"), auth.getJsonArray("policies"));
    assertEquals(new JsonArray().add("one"), auth.getJsonArray("token_policies"));
    assertEquals(1200, auth.getInteger("lease_duration"));
    assertFalse(auth.getBoolean("renewable"));
    assertFalse(auth.getBoolean("orphan"));
    assertEquals("service", auth.getString("token_type"));
    assertEquals("42", auth.getJsonObject("metadata").getString("task"));
    JsonObject found = lookup(auth.getString("accessor"));
    assertEquals("token-tsk-42", found.getString("display_name"));
    assertEquals("42", found.getJsonObject("meta").getString("task"));
    assertEquals("", found.getString("id"));
    assertTrue(found.getInteger("ttl") > 1190);
  }

  @Test
  void roleWithoutNamedPoliciesGivesAllOfThem() {
    JsonObject auth = rig.made(rig.root, taskRole("one", "two"), "ttl", "1m");

    assertEquals(new JsonArray().add("one").add("two"), auth.getJsonArray("token_policies"));
  }

  @Test
  void roleRefusesOtherPoliciesAndUnknownRolesAreRefused() {
    VaultAnswer wider =
        rig.root.write("auth/token/create/" + taskRole("one"), "policies", List.of("three"));
    VaultAnswer unknown = rig.root.write("auth/token/create/nobody");

    assertEquals(400, wider.status());
    assertTrue(wider.errors().getFirst().contains("token policies"), wider.errors().toString());
    assertEquals(400, unknown.status());
    assertEquals(List.of("unknown role nobody"), unknown.errors());
  }

  @Test
  void explicitMaxOfTheRoleCapsAndWarns() {
    VaultAnswer answer =
        rig.root
            .write(
                "auth/token/create/" + role("token_explicit_max_ttl", "60s", "renewable", true),
                "ttl",
                "10m")
            .orThrow();

    assertEquals(60, answer.auth().getInteger("lease_duration"));
    assertTrue(
        answer.body().getJsonArray("warnings") != null
            && !answer.body().getJsonArray("warnings").isEmpty());
  }

  @Test
  void childrenDieWithTheirParentAtOnce() {
    // Given
    String policy =
        rig.policy("path \"auth/token/create\" { capabilities = [\"update\", \"sudo\"] }");
    JsonObject parent =
        rig.root.write("auth/token/create", "policies", List.of(policy)).orThrow().auth();
    ContractClient asParent = rig.root.as(parent.getString("client_token"));
    JsonObject child =
        asParent.write("auth/token/create", "policies", List.of(policy)).orThrow().auth();
    ContractClient asChild = rig.root.as(child.getString("client_token"));
    JsonObject grandChild = asChild.write("auth/token/create").orThrow().auth();

    // When
    VaultAnswer answer =
        rig.root.write("auth/token/revoke-accessor", "accessor", parent.getString("accessor"));

    // Then
    assertEquals(204, answer.status());
    for (JsonObject dead : List.of(parent, child, grandChild)) {
      VaultAnswer gone =
          rig.root.write("auth/token/lookup-accessor", "accessor", dead.getString("accessor"));
      assertEquals(400, gone.status());
      assertEquals(INVALID_ACCESSOR, gone.errors());
      assertEquals(
          403, rig.root.as(dead.getString("client_token")).read("auth/token/lookup-self").status());
    }
  }

  @Test
  void revokingADeadAccessorIsASuccessWithAWarning() {
    VaultAnswer answer = rig.root.write("auth/token/revoke-accessor", "accessor", "unknown");

    assertEquals(200, answer.status());
    assertEquals(
        new JsonArray().add("No token found with this accessor"),
        answer.body().getJsonArray("warnings"));
  }

  @Test
  void neverKnownAccessorIsInvalid() {
    VaultAnswer answer = rig.root.write("auth/token/lookup-accessor", "accessor", "unknown");

    assertEquals(400, answer.status());
    assertEquals(INVALID_ACCESSOR, answer.errors());
  }

  @Test
  void expiredTokenIsRefusedAndItsAccessorInvalid() {
    JsonObject auth = rig.root.write("auth/token/create", "ttl", "1s").orThrow().auth();

    Await.until(
        "the accessor is gone",
        () ->
            rig.root
                    .write("auth/token/lookup-accessor", "accessor", auth.getString("accessor"))
                    .status()
                != 200);

    VaultAnswer gone =
        rig.root.write("auth/token/lookup-accessor", "accessor", auth.getString("accessor"));
    assertEquals(400, gone.status());
    assertEquals(INVALID_ACCESSOR, gone.errors());
    assertEquals(
        403, rig.root.as(auth.getString("client_token")).read("auth/token/lookup-self").status());
  }

  @Test
  void tokenOfTwoUsesIsDeadAtTheThird() {
    ContractClient twice = rig.root.as(rig.token("num_uses", 2));

    assertEquals(200, twice.read("auth/token/lookup-self").status());
    assertEquals(200, twice.read("auth/token/lookup-self").status());
    assertEquals(403, twice.read("auth/token/lookup-self").status());
  }

  @Test
  void tokenOfLimitedUsesMakesNoChildren() {
    VaultAnswer answer = rig.root.as(rig.token("num_uses", 2)).write("auth/token/create");

    assertEquals(400, answer.status());
    assertEquals(List.of("restricted use token cannot generate child tokens"), answer.errors());
  }

  @Test
  void renewalStartsTheLifeAnew() {
    ContractClient holder = rig.root.as(rig.token("ttl", "60s"));

    VaultAnswer renewed = holder.write("auth/token/renew-self", "increment", "90s").orThrow();

    assertEquals(90, renewed.auth().getInteger("lease_duration"));
    assertTrue(renewed.auth().getBoolean("renewable"));
  }

  @Test
  void renewalOfARoleTokenIsCappedByTheRolesMaximum() {
    String role = role("token_explicit_max_ttl", "120s", "renewable", true);
    ContractClient holder =
        rig.root.as(rig.made(rig.root, role, "ttl", "60s").getString("client_token"));

    VaultAnswer renewed = holder.write("auth/token/renew-self", "increment", "300s").orThrow();

    assertTrue(renewed.auth().getInteger("lease_duration") <= 120);
  }

  @Test
  void notRenewableTokenIsNotRenewed() {
    ContractClient holder =
        rig.root.as(
            rig.made(rig.root, taskRole("default"), "ttl", "60s").getString("client_token"));

    VaultAnswer answer = holder.write("auth/token/renew-self");

    assertEquals(400, answer.status());
    assertEquals(List.of("lease is not renewable"), answer.errors());
  }

  @Test
  void revokeSelfEndsTheCaller() {
    ContractClient holder = rig.root.as(rig.token());

    assertEquals(204, holder.write("auth/token/revoke-self").status());
    assertEquals(403, holder.read("auth/token/lookup-self").status());
  }
}
