package dev.leasehold.suite.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.secret.IssuedSecret;
import dev.leasehold.broker.secret.Liveness;
import dev.leasehold.broker.secret.SecretPath;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.SecretStoreException.Kind;
import dev.leasehold.broker.secret.TaskToken;
import dev.leasehold.broker.vault.VaultConfig;
import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.spiffe.EmbeddedTrustDomain.Behaviour;
import dev.leasehold.testbed.vault.VaultAnswer;
import dev.leasehold.testbed.vault.VaultCall;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the store promises of tokens, leases and proofs, on a Vault that really answers. */
final class VaultSecretStoreIT {
  private static final SecretPath DATABASE = SecretPath.read("database/creds/ro");
  private static final Duration HEARTBEAT = Duration.ofSeconds(60);

  private static VaultRig rig;

  @BeforeAll
  static void start() {
    rig = new VaultRig();
    System.out.println("VaultSecretStoreIT: " + rig.vault.describe());
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  @AfterEach
  void behaveAgain() {
    rig.domain.behave(Behaviour.NORMAL);
  }

  private static VaultRig.Started ready(VaultConfig.Login login, Duration heartbeat)
      throws Exception {
    return rig.start(rig.config(login, heartbeat)).ready();
  }

  private static VaultRig.Started ready() throws Exception {
    return ready(VaultRig.certLogin(), HEARTBEAT);
  }

  private static String text(IssuedSecret secret, String field) {
    return secret
        .fields()
        .field(field)
        .orElseThrow()
        .lend(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  @Test
  void oneCredentialCostsSixCallsAndLeavesNothing() throws Exception {
    try (VaultRig.Started started = ready()) {
      // Given
      int before = rig.vault.calls().size();

      // When
      TaskToken token = started.openTask("ro");
      IssuedSecret secret = started.store().read(token, DATABASE);
      String lease = secret.leaseId().orElseThrow();
      rig.database.connect(text(secret, "username"), text(secret, "password")).close();
      started.store().revokeLease(lease);
      Liveness leaseAfter = started.store().lookupLease(lease);
      started.store().revokeAccessor(token.accessor());
      Liveness tokenAfter = started.store().lookupAccessor(token.accessor());

      // Then
      List<VaultCall> calls = rig.vault.calls();
      List<String> paths =
          calls.subList(before, calls.size()).stream().map(VaultCall::path).toList();
      assertEquals(
          List.of(
              "auth/token/create/leasehold-buyer-restock",
              "database/creds/ro",
              "sys/leases/revoke",
              "sys/leases/lookup",
              "auth/token/revoke-accessor",
              "auth/token/lookup-accessor"),
          paths);
      assertEquals(Liveness.DEAD, leaseAfter);
      assertEquals(Liveness.DEAD, tokenAfter);
      assertFalse(rig.admin.leaseAlive(lease));
      assertEquals(List.of(), rig.database.leasedUsers());
    }
  }

  @Test
  void taskTokenMayExactlyWhatItsTaskNeeds() throws Exception {
    try (VaultRig.Started started = ready()) {
      // When
      TaskToken token = started.openTask("ro");

      // Then
      JsonObject seen =
          rig.admin
              .write(
                  "auth/token/lookup-accessor", new JsonObject().put("accessor", token.accessor()))
              .orThrow()
              .data();
      assertEquals(new JsonArray().add("leasehold-cred-ro"), seen.getJsonArray("policies"));
      assertEquals("t-42", seen.getJsonObject("meta").getString("task"));
      assertEquals("token-t-42", seen.getString("display_name"));
      assertFalse(seen.getBoolean("renewable"));
      assertFalse(seen.getBoolean("orphan"));
      SecretStoreException other =
          assertThrows(
              SecretStoreException.class,
              () -> started.store().read(token, SecretPath.read("kv/data/app")));
      assertEquals(Kind.DENIED, other.kind());
      started.store().revokeAccessor(token.accessor());
    }
  }

  @Test
  void liveLeaseAndTokenAreSaidToBeAlive() throws Exception {
    try (VaultRig.Started started = ready()) {
      // Given
      TaskToken token = started.openTask("ro");
      String lease = started.store().read(token, DATABASE).leaseId().orElseThrow();

      // When
      Duration renewed = started.store().renew(token, lease, Duration.ofMinutes(4));

      // Then
      assertEquals(Duration.ofMinutes(4), renewed);
      assertEquals(Liveness.ALIVE, started.store().lookupLease(lease));
      assertEquals(Liveness.ALIVE, started.store().lookupAccessor(token.accessor()));
      started.store().revokeLease(lease);
      started.store().revokeLease(lease); // a repetition is a success
      started.store().revokeAccessor(token.accessor());
      started.store().revokeAccessor(token.accessor());
    }
  }

  @Test
  void warningInAnAnswerOfVaultIsInTheLog() throws Exception {
    try (VaultRig.Started started = ready()) {
      // Given
      TaskToken token = started.openTask("ro");
      String lease = started.store().read(token, DATABASE).leaseId().orElseThrow();
      ByteArrayOutputStream logged = new ByteArrayOutputStream();
      PrintStream console = System.err;

      // When
      System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
      Duration granted;
      try {
        granted = started.store().renew(token, lease, Duration.ofHours(3));
      } finally {
        System.setErr(console);
      }

      // Then
      assertTrue(granted.compareTo(Duration.ofMinutes(10)) <= 0, "granted " + granted);
      String log = logged.toString(StandardCharsets.UTF_8);
      assertTrue(log.contains("vault=warning") && log.contains("exceeded the effective"), log);
      assertFalse(log.contains(lease), "the whole lease id is in the log");
      started.store().revokeAccessor(token.accessor());
    }
  }

  @Test
  void queuedRevocationHappensInVaultsOwnTime() throws Exception {
    try (VaultRig.Started started = ready()) {
      // Given
      TaskToken token = started.openTask("ro");
      String lease = started.store().read(token, DATABASE).leaseId().orElseThrow();

      // When
      started.store().queueLeaseRevocation(lease);

      // Then
      Await.until("the lease is gone", () -> started.store().lookupLease(lease) == Liveness.DEAD);
      started.store().revokeAccessor(token.accessor());
    }
  }

  @Test
  void keyValueSecretIsUnwrappedAndHasNoLease() throws Exception {
    try (VaultRig.Started started = ready()) {
      // When
      TaskToken token = started.openTask("app");
      IssuedSecret secret = started.store().read(token, SecretPath.read("kv/data/app"));

      // Then
      assertEquals(Set.of("key"), secret.fields().names());
      assertEquals("k-0123456789", text(secret, "key"));
      assertTrue(secret.leaseId().isEmpty());
      started.store().revokeAccessor(token.accessor());
    }
  }

  @Test
  void leaseOfAPathThatIsNotConfiguredProvesNothing() throws Exception {
    try (VaultRig.Started started = ready()) {
      // When
      Liveness liveness = started.store().lookupLease("database/creds/other/abc");

      // Then
      assertEquals(Liveness.UNKNOWN, liveness);
      SecretStoreException refused =
          assertThrows(
              SecretStoreException.class,
              () -> started.store().revokeLease("database/creds/other/abc"));
      assertEquals(Kind.DENIED, refused.kind());
      assertTrue(started.store().notReady().isEmpty());
    }
  }

  @Test
  void jwtLoginGivesTheSameThreeLevels() throws Exception {
    try (VaultRig.Started started = ready(VaultRig.jwtLogin(), HEARTBEAT)) {
      // When
      TaskToken token = started.openTask("ro");
      String lease = started.store().read(token, DATABASE).leaseId().orElseThrow();
      started.store().revokeLease(lease);

      // Then
      assertEquals(Liveness.DEAD, started.store().lookupLease(lease));
      started.store().revokeAccessor(token.accessor());
    }
  }

  @Test
  void loginThatMayMoreThanExpectedIsRevokedAndRefused() throws Exception {
    // Given
    VaultConfig config = rig.config(VaultRig.certLogin(), HEARTBEAT);
    rig.apply(config);
    rig.write(
        "auth/cert/certs/leasehold-buyer",
        new JsonObject()
            .put("token_policies", new JsonArray().add("leasehold-buyer-login").add("root-ish")));
    Set<String> before = accessors();

    // When
    try (VaultRig.Started started = rig.begin(config)) {
      Await.until("the refusal", () -> started.store().notReady().orElse("").contains("root-ish"));

      // Then
      assertEquals(List.of(), started.events().opened());
      assertThrows(SecretStoreException.class, () -> started.openTask("ro"));
      Await.until("no token is left", () -> before.containsAll(accessors()));
      assertTrue(rig.diff(config).contains("wider: auth role leasehold-buyer"), rig.diff(config));
    }
  }

  private static Set<String> accessors() {
    VaultAnswer answer = rig.admin.list("auth/token/accessors").orThrow();
    Set<String> accessors = new TreeSet<>();
    answer.data().getJsonArray("keys").forEach(key -> accessors.add(key.toString()));
    return accessors;
  }

  @Test
  void rotationOpensAGenerationAndKeepsTheOldOneForItsTasks() throws Exception {
    try (VaultRig.Started started = ready()) {
      // Given
      TaskToken old = started.openTask("ro");

      // When
      rig.domain.rotate();
      Await.until("a second generation", () -> started.events().opened().size() == 2);
      Await.until(
          "new tasks go to it", () -> !generationOfNewTask(started).equals(old.generation()));

      // Then
      String lease = started.store().read(old, DATABASE).leaseId().orElseThrow();
      assertEquals(List.of(), started.events().closed());
      started.store().revokeLease(lease);
      started.store().revokeAccessor(old.accessor());
      Await.until(
          "the old one is closed", () -> started.events().closed().contains(old.generation()));
      assertEquals(List.of(), started.events().lost());
    }
  }

  private static String generationOfNewTask(VaultRig.Started started) {
    try {
      TaskToken token = started.openTask("app");
      started.store().revokeAccessor(token.accessor());
      return token.generation();
    } catch (SecretStoreException failed) {
      throw new IllegalStateException(failed);
    }
  }

  @Test
  void killedHeartbeatIsNoticedAndReplaced() throws Exception {
    try (VaultRig.Started started = ready(VaultRig.certLogin(), Duration.ofSeconds(5))) {
      // Given
      String first = started.events().opened().getFirst().generation();

      // When
      String login = started.events().opened().getFirst().loginAccessor();
      rig.write("auth/token/revoke-accessor", new JsonObject().put("accessor", login));

      // Then
      Await.until("the loss", () -> started.events().lost().contains(first));
      Await.until("a new one", () -> started.store().notReady().isEmpty());
      Await.until("the old one is closed", () -> started.events().closed().contains(first));
    }
  }

  @Test
  void withdrawnIdentityIsALossAtOnceAndItsReturnALogin() throws Exception {
    try (VaultRig.Started started = ready()) {
      // When
      rig.domain.behave(Behaviour.NO_IDENTITY);

      // Then
      Await.until("the loss", () -> started.events().lost().size() == 1);
      SecretStoreException refused =
          assertThrows(SecretStoreException.class, () -> started.openTask("ro"));
      assertEquals(Kind.NO_IDENTITY, refused.kind());
      rig.domain.behave(Behaviour.NORMAL);
      Await.until("a new login", () -> started.store().notReady().isEmpty());
    }
  }

  @Test
  void replacedGenerationsTakeEverythingBelowWithThem() throws Exception {
    try (VaultRig.Started started = ready()) {
      // Given
      TaskToken token = started.openTask("ro");

      // When
      started.store().replaceGenerations();

      // Then
      assertEquals(List.of(token.generation()), started.events().closed());
      assertFalse(rig.admin.accessorAlive(token.accessor()));
      assertEquals(Liveness.DEAD, started.store().lookupAccessor(token.accessor()));
      assertTrue(started.store().notReady().isEmpty());
    }
  }

  @Test
  void closingRevokesWhatTheStoreMade() throws Exception {
    // Given
    Set<String> before = accessors();
    VaultRig.Started started = ready();
    started.openTask("ro");

    // When
    started.close();

    // Then
    assertTrue(before.containsAll(accessors()));
    assertEquals(1, started.events().closed().size());
  }

  @Test
  void sealedVaultIsUnavailableAndNothingIsLostByIt() throws Exception {
    try (VaultRig.Started started = ready()) {
      // When
      rig.vault.seal();
      SecretStoreException sealed;
      try {
        sealed = assertThrows(SecretStoreException.class, () -> started.openTask("ro"));
      } finally {
        rig.vault.unseal();
      }

      // Then
      assertEquals(Kind.UNAVAILABLE, sealed.kind());
      assertTrue(String.valueOf(sealed.getMessage()).contains("sealed"), sealed.toString());
      Await.until("it serves again", () -> !generationOfNewTask(started).isEmpty());
      assertEquals(List.of(), started.events().lost());
    }
  }

  @Test
  void absentVaultFencesAtTheHeartbeatsEndAndComesBack() throws Exception {
    try (VaultRig.Started started = ready(VaultRig.certLogin(), Duration.ofSeconds(5))) {
      // Given
      TaskToken token = started.openTask("ro");

      // When
      rig.vault.stop();
      try {
        SecretStoreException absent =
            assertThrows(SecretStoreException.class, () -> started.openTask("ro"));
        assertEquals(Kind.UNAVAILABLE, absent.kind());
        assertEquals(Liveness.UNKNOWN, started.store().lookupAccessor(token.accessor()));
        Await.until(
            "the loss by the local clock",
            () -> started.events().lost().contains(token.generation()));
      } finally {
        rig.vault.restart();
      }

      // Then
      Await.until("a new login", () -> started.store().notReady().isEmpty());
      Await.until(
          "the old token is proven dead",
          () -> started.store().lookupAccessor(token.accessor()) == Liveness.DEAD);
    }
  }
}
