package dev.leasehold.suite.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.testbed.Needs;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.server.FreePorts;
import dev.leasehold.testbed.sidecar.Ran;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * {@code vault apply} makes {@code check --online} succeed; each thing that is wrong is named; and
 * nothing is left behind.
 */
class CheckOnlineIT {
  private static final String ID = "spiffe://example.org/leasehold/checked";

  private static Testbed testbed;

  @BeforeAll
  static void start() {
    testbed = Testbed.start(Needs.WORKLOAD_API, Needs.VAULT, Needs.POSTGRES);
    testbed.identity().register(ID, Account.uid(), "checked", Duration.ofHours(1));
  }

  @AfterAll
  static void stop() {
    testbed.close();
  }

  @Test
  void whatApplyWroteIsWhatDiffAndCheckWant() throws IOException {
    // Given
    Path config = config("works", "database/creds/" + VaultMounts.DATABASE_ROLE);
    assertEquals(1, leasehold("vault", "diff", "--config", config.toString()).status());

    // When
    leasehold("vault", "apply", "--config", config.toString()).orThrow();

    // Then
    Ran diff = leasehold("vault", "diff", "--config", config.toString());
    assertEquals(0, diff.status(), diff.out() + diff.err());
    Ran check = leasehold("check", "--config", config.toString(), "--online");
    assertTrue(check.out().contains("identity: " + ID), check.out() + check.err());
    assertTrue(check.out().contains("credentials.works: can be had"), check.out() + check.err());
    assertTrue(check.out().contains("FAILED  destinations.works: "), check.out());
    assertEquals(69, check.status(), check.out());
    assertEquals(
        List.of(), testbed.vaultAdmin().leases("database/creds/" + VaultMounts.DATABASE_ROLE));
    assertEquals(List.of(), testbed.database().leasedUsers());
  }

  @Test
  void aCredentialThatVaultDoesNotKnowIsNamed() throws IOException {
    // Given
    Path config = config("absent", "database/creds/none");
    leasehold("vault", "apply", "--config", config.toString()).orThrow();

    // When
    Ran check = leasehold("check", "--config", config.toString(), "--online");

    // Then
    assertEquals(69, check.status());
    assertTrue(check.out().contains("FAILED  credentials.absent: "), check.out() + check.err());
  }

  @Test
  void aPolicyThatIsWiderThanNeededIsSeen() throws IOException {
    // Given
    Path config = config("wide", "database/creds/" + VaultMounts.DATABASE_ROLE);
    leasehold("vault", "apply", "--config", config.toString()).orThrow();
    testbed
        .vaultAdmin()
        .write(
            "sys/policies/acl/leasehold-cred-wide",
            new JsonObject()
                .put("policy", "path \"database/creds/*\" { capabilities = [\"read\"] }"))
        .orThrow();

    // When
    Ran diff = leasehold("vault", "diff", "--config", config.toString());

    // Then
    assertEquals(1, diff.status(), diff.out() + diff.err());
    assertTrue(diff.out().contains("leasehold-cred-wide"), diff.out());
  }

  @Test
  void withoutAnAdminTokenNothingIsAsked() throws IOException {
    // Given
    Path config = config("none", "database/creds/" + VaultMounts.DATABASE_ROLE);

    // When
    Ran apply = run(Map.of(), List.of("vault", "apply", "--config", config.toString()));

    // Then
    assertEquals(64, apply.status());
    assertTrue(apply.err().contains("VAULT_TOKEN"), apply.err());
    assertFalse(apply.err().contains("\tat "), apply.err());
  }

  private static Path config(String name, String path) throws IOException {
    Path folder = Files.createDirectories(testbed.folder().resolve("checked-" + name));
    Path ca = folder.resolve("vault-ca.pem");
    Files.copy(testbed.vault().caFile(), ca);
    return Files.writeString(
        folder.resolve("config.yaml"),
        """
        apiVersion: leasehold.dev/v1
        identity: {workload-api: "%s", spiffe-id: "%s"}
        vault:
          address: %s
          ca: file:vault-ca.pem
          login: {method: jwt, mount: auth/jwt, role: checked-%4$s, audience: vault}
          heartbeat: {role: checked-%4$s-heartbeat, ttl: 60s}
        control:
          socket: control.sock
          callers:
            - {uid: 1999999999, agent: "spiffe://example.org/agent", may: [open], kinds: [%4$s]}
        audit: {stdout: true}
        tasks:
          %4$s:
            agents: ["spiffe://example.org/agent"]
            ttl: 5m
            vault: {role: checked-%4$s-kind}
            destinations: [%4$s]
        destinations:
          %4$s:
            url: https://127.0.0.1:%6$d
            environment: test
            addresses: [127.0.0.1]
            allow: [{paths: ["/**"]}]
            credential: %4$s
        credentials:
          %4$s:
            vault: {read: "%5$s"}
            inject: {basic: {username: "{username}", password: "{password}"}}
            ttl: 5m
            revocability: hard
            owner: nobody
            classification: internal
        """
            .formatted(
                testbed.identity().workloadApi(),
                ID,
                testbed.vault().address(),
                name,
                path,
                FreePorts.next()));
  }

  private static Ran leasehold(String... words) {
    return run(Map.of("VAULT_TOKEN", testbed.vault().adminToken()), List.of(words));
  }

  private static Ran run(Map<String, String> environment, List<String> words) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.leasehold.broker.Main"));
    command.addAll(words);
    return Ran.command(command, environment);
  }
}
