package dev.leasehold.suite.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.SecretStoreException.Kind;
import dev.leasehold.broker.secret.SecretValue;
import dev.leasehold.broker.vault.VaultConfig;
import dev.leasehold.broker.vault.VaultSetup;
import dev.leasehold.testbed.vault.VaultAdmin;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code vault apply} writes, {@code vault diff} finds, and finds changed. */
final class VaultSetupIT {
  private static VaultRig rig;
  private static VaultConfig config;

  @BeforeAll
  static void start() {
    rig = new VaultRig();
    config = rig.config(VaultRig.certLogin(), Duration.ofSeconds(90));
    System.out.println("VaultSetupIT: " + rig.vault.describe());
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  @BeforeEach
  void applied() throws SecretStoreException {
    rig.apply(config);
  }

  private static List<String> differences() throws SecretStoreException {
    return rig.diff(config).lines().toList();
  }

  @Test
  void nothingDiffersAfterApply() throws SecretStoreException {
    // When
    List<String> found = differences();

    // Then
    assertEquals(1, found.size(), found.toString());
    assertTrue(found.getFirst().startsWith("equal:"), found.toString());
  }

  @Test
  void jwtRoleIsFoundAsItWasWritten() throws SecretStoreException {
    // Given
    VaultConfig jwt = rig.config(VaultRig.jwtLogin(), Duration.ofSeconds(90));

    // When
    rig.apply(jwt);

    // Then
    assertTrue(rig.diff(jwt).startsWith("equal:"), rig.diff(jwt));
  }

  @Test
  void widerPolicyIsNamedWithItsPath() throws SecretStoreException {
    // Given
    rig.write(
        "sys/policies/acl/leasehold-cred-ro",
        new JsonObject()
            .put("policy", "path \"database/creds/*\" { capabilities = [\"read\", \"list\"] }"));

    // When
    List<String> found = differences();

    // Then
    assertTrue(
        found.contains(
            "wider: policy leasehold-cred-ro also allows list, read on database/creds/*"),
        found.toString());
    assertTrue(
        found.contains("missing: policy leasehold-cred-ro does not allow database/creds/ro"),
        found.toString());
  }

  @Test
  void widerTokenRoleIsNamedWithItsFields() throws SecretStoreException {
    // Given
    rig.write(
        "auth/token/roles/leasehold-buyer-restock",
        new JsonObject()
            .put("allowed_policies_glob", new JsonArray().add("*"))
            .put("orphan", true)
            .put("token_explicit_max_ttl", "24h"));

    // When
    String found = String.join("\n", differences());

    // Then
    assertTrue(found.contains("wider: token role leasehold-buyer-restock orphan is true"), found);
    assertTrue(found.contains("allowed_policies_glob has also [*]"), found);
    assertTrue(found.contains("token_explicit_max_ttl is 86400 s, not 690 s"), found);
    rig.apply(config);
    assertTrue(differences().getFirst().startsWith("equal:"));
  }

  @Test
  void missingRoleIsSaidToBeMissing() throws SecretStoreException {
    // Given
    rig.admin.delete("auth/token/roles/leasehold-buyer-heartbeat").orThrow();

    // When
    List<String> found = differences();

    // Then
    assertEquals(List.of("missing: token role leasehold-buyer-heartbeat is not there"), found);
  }

  @Test
  void newAuthorityIsMissingInTheRoleUntilApplied() throws SecretStoreException {
    // Given
    rig.domain.rotateAuthorities();

    // When
    List<String> found = differences();

    // Then
    assertTrue(
        found.toString().contains("certificate lacks 1 of the bundle's authorities"),
        found.toString());
    rig.apply(config);
    assertTrue(differences().getFirst().startsWith("equal:"));
  }

  @Test
  void powerlessTokenIsToldWhatItLacks() {
    // Given
    String token =
        VaultAdmin.of(rig.vault)
            .write(
                "auth/token/create",
                new JsonObject().put("policies", new JsonArray().add("default")))
            .orThrow()
            .auth()
            .getString("client_token");

    // When
    SecretStoreException refused =
        assertThrows(
            SecretStoreException.class,
            () ->
                new VaultSetup(VaultRig.needs(config), config)
                    .apply(
                        new PrintStream(
                            OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                        SecretValue.copyOf(token.getBytes(StandardCharsets.UTF_8)),
                        Optional.of(rig.domain.bundlePem()),
                        Optional.empty()));

    // Then
    assertEquals(Kind.DENIED, refused.kind());
    assertTrue(
        String.valueOf(refused.getMessage())
            .contains("create and update on sys/policies/acl/leasehold-buyer-login"),
        refused.toString());
  }

  @Test
  void bundleThatIsNoneIsRefusedBeforeAnythingIsWritten() {
    // When
    SecretStoreException refused =
        assertThrows(
            SecretStoreException.class,
            () ->
                new VaultSetup(VaultRig.needs(config), config)
                    .apply(
                        System.out, rig.adminToken(), Optional.of("nonsense"), Optional.empty()));

    // Then
    assertEquals(Kind.INVALID, refused.kind());
  }
}
