package dev.leasehold.suite.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.secret.Liveness;
import dev.leasehold.broker.secret.SecretPath;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.SecretStoreException.Kind;
import dev.leasehold.broker.secret.TaskToken;
import dev.leasehold.broker.vault.VaultConfig;
import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.vault.EmbeddedVault;
import dev.leasehold.testbed.vault.listener.Fault;
import dev.leasehold.testbed.vault.listener.Faults;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the store makes of a Vault that goes wrong: bounded, never twice, never a false proof. */
final class VaultFaultsIT {
  private static final String CREATE = "auth/token/create/leasehold-buyer-restock";
  private static final String CREDS = "database/creds/ro";
  private static final SecretPath DATABASE = SecretPath.read(CREDS);
  private static final int PARALLEL = 2;

  private static VaultRig rig;
  private static EmbeddedVault vault;
  private static VaultRig.Started started;

  @BeforeAll
  static void start() throws Exception {
    rig = new VaultRig(EmbeddedVault::start);
    vault = (EmbeddedVault) rig.vault;
    VaultConfig usual = rig.config(VaultRig.certLogin(), Duration.ofSeconds(60));
    started =
        rig.start(
                new VaultConfig(
                    usual.address(),
                    usual.trust(),
                    usual.login(),
                    usual.heartbeat(),
                    usual.longestTask(),
                    new VaultConfig.Timeouts(
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(12),
                        Duration.ofSeconds(5)),
                    PARALLEL))
            .ready();
  }

  @AfterAll
  static void stop() {
    started.close();
    rig.close();
  }

  @AfterEach
  void mend() {
    vault.faults().clear();
  }

  private static Faults faults() {
    return vault.faults();
  }

  private static Fault answer(int status) {
    return new Fault.Answer(status, Map.of(), List.of("told to fail"));
  }

  private static SecretStoreException refusedRead(TaskToken token) {
    return assertThrows(SecretStoreException.class, () -> started.store().read(token, DATABASE));
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503, 412, 473})
  void passingRefusalIsRepeatedTwiceAndThenSaid(int status) throws Exception {
    // When
    faults().next(2, CREATE, answer(status));
    TaskToken token = started.openTask("ro");
    faults().next(3, CREATE, answer(status));
    SecretStoreException refused =
        assertThrows(SecretStoreException.class, () -> started.openTask("ro"));

    // Then
    assertEquals(Kind.UNAVAILABLE, refused.kind());
    assertTrue(String.valueOf(refused.getMessage()).contains(String.valueOf(status)));
    started.store().revokeAccessor(token.accessor());
  }

  @Test
  void longWaitThatVaultAsksForIsHandedOnAndNotWaitedOut() {
    // Given
    faults().tooManyRequests(CREATE, Duration.ofMinutes(5));

    // When
    SecretStoreException refused =
        assertThrows(SecretStoreException.class, () -> started.openTask("ro"));

    // Then
    assertEquals(Kind.UNAVAILABLE, refused.kind());
    assertEquals(Optional.of(Duration.ofMinutes(5)), refused.retryAfter());
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 400, 404, 500, 502})
  void callThatMakesSomethingIsNotRepeatedWhenVaultMayHaveMadeItOrSaysNo(int status)
      throws Exception {
    // Given
    TaskToken token = started.openTask("ro");
    faults().next(1, CREDS, answer(status));

    // When
    SecretStoreException refused = refusedRead(token);

    // Then
    Kind expected =
        switch (status) {
          case 403 -> Kind.DENIED;
          case 400, 404 -> Kind.INVALID;
          case 502 -> Kind.UNANSWERED;
          default -> Kind.UNAVAILABLE;
        };
    assertEquals(expected, refused.kind());
    assertEquals(List.of(), rig.database.leasedUsers());
    started.store().revokeAccessor(token.accessor());
  }

  @Test
  void lostOrCutAnswerOfAReadIsUnansweredAndTheReadIsNeverMadeTwice() throws Exception {
    for (Fault fault : List.of(new Fault.LoseAnswer(), new Fault.CutAnswer())) {
      // Given
      TaskToken token = started.openTask("ro");
      faults().next(1, CREDS, fault);

      // When
      SecretStoreException refused = refusedRead(token);

      // Then
      assertEquals(Kind.UNANSWERED, refused.kind(), fault.toString());
      assertEquals(1, rig.database.leasedUsers().size(), fault.toString());
      started.store().revokeAccessor(token.accessor());
      Await.until("its lease went with it", () -> rig.database.leasedUsers().isEmpty());
    }
  }

  @Test
  void vaultThatNeverAnswersIsGivenUpInTime() throws Exception {
    // Given
    TaskToken token = started.openTask("ro");
    faults().on(CREDS, new Fault.NeverAnswer());
    faults().on("sys/leases/lookup", new Fault.NeverAnswer());

    // Then
    assertEquals(Kind.UNANSWERED, refusedRead(token).kind());
    assertEquals(Liveness.UNKNOWN, started.store().lookupLease(CREDS + "/x"));
    started.store().revokeAccessor(token.accessor());
  }

  @Test
  void revocationIsRepeatedThroughFailuresAndDoneOnce() throws Exception {
    // Given
    TaskToken token = started.openTask("ro");
    String lease = started.store().read(token, DATABASE).leaseId().orElseThrow();
    faults().next(1, "sys/leases/revoke", answer(500));
    faults().next(1, "sys/leases/revoke", new Fault.LoseAnswer());

    // When
    started.store().revokeLease(lease);

    // Then
    assertEquals(Liveness.DEAD, started.store().lookupLease(lease));
    assertEquals(List.of(), rig.database.leasedUsers());
    started.store().revokeAccessor(token.accessor());
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 404, 429, 500, 503})
  void refusedLookUpProvesNothing(int status) throws Exception {
    // Given
    TaskToken token = started.openTask("ro");
    String lease = started.store().read(token, DATABASE).leaseId().orElseThrow();
    started.store().revokeLease(lease);
    started.store().revokeAccessor(token.accessor());
    faults().on("sys/leases/lookup", answer(status));
    faults().on("auth/token/lookup-accessor", answer(status));

    // When
    Liveness ofLease = started.store().lookupLease(lease);
    Liveness ofToken = started.store().lookupAccessor(token.accessor());
    faults().clear();

    // Then
    assertEquals(Liveness.UNKNOWN, ofLease);
    assertEquals(Liveness.UNKNOWN, ofToken);
    assertEquals(Liveness.DEAD, started.store().lookupLease(lease));
    assertEquals(Liveness.DEAD, started.store().lookupAccessor(token.accessor()));
  }

  @Test
  void wordsThatAreNotVaultsOwnProveNothing() {
    for (String words : List.of("invalid lease ", "Invalid lease", "lease not found", "")) {
      faults().clear();
      faults().answer("sys/leases/lookup", 400, "x" + words);
      assertEquals(Liveness.UNKNOWN, started.store().lookupLease(CREDS + "/x"), words);
      faults().clear();
      faults().answer("sys/leases/lookup", 403, "invalid lease");
      assertEquals(Liveness.UNKNOWN, started.store().lookupLease(CREDS + "/x"), words);
    }
  }

  @Test
  void burstWaitsForItsTurnAndEndingNeverWaitsForGiving() throws Exception {
    // Given
    TaskToken token = started.openTask("ro");
    List<CountDownLatch> held = List.of(faults().holdNext(CREDS), faults().holdNext(CREDS));
    List<CompletableFuture<String>> reads =
        List.of(
            CompletableFuture.supplyAsync(() -> read(token)),
            CompletableFuture.supplyAsync(() -> read(token)));
    Await.until("both are made", () -> rig.database.leasedUsers().size() == 2);

    // When
    SecretStoreException crowded =
        assertThrows(SecretStoreException.class, () -> started.openTask("ro"));
    Liveness ending = started.store().lookupAccessor(token.accessor());
    held.forEach(CountDownLatch::countDown);

    // Then
    assertEquals(Kind.UNAVAILABLE, crowded.kind());
    assertTrue(String.valueOf(crowded.getMessage()).contains("under way"), crowded.toString());
    assertEquals(Liveness.ALIVE, ending);
    reads.forEach(read -> assertFalse(read.join().isEmpty()));
    started.store().revokeAccessor(token.accessor());
    Await.until("nothing is left", () -> rig.database.leasedUsers().isEmpty());
  }

  @Test
  void loginThatFailsIsTriedAgainAndSaysWhyUntilThen() throws Exception {
    // Given
    faults().answer("auth/cert/login", 500, "told to fail");
    try (VaultRig.Started another =
        rig.begin(rig.config(VaultRig.certLogin(), Duration.ofSeconds(60)))) {
      Await.until("it says why", () -> another.store().notReady().orElse("").contains("500"));

      // When
      faults().clear();

      // Then
      another.ready();
    }
  }

  private static String read(TaskToken token) {
    try {
      return started.store().read(token, DATABASE).leaseId().orElseThrow();
    } catch (SecretStoreException failed) {
      return "";
    }
  }
}
