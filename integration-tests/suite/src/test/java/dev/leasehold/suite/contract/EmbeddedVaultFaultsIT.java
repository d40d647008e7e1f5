package dev.leasehold.suite.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.vault.EmbeddedVault;
import dev.leasehold.testbed.vault.VaultAnswer;
import dev.leasehold.testbed.vault.VaultCall;
import dev.leasehold.testbed.vault.listener.Fault;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** That the stand-in goes wrong as it is told to, and only there. */
final class EmbeddedVaultFaultsIT {
  private static final String CREATE = "auth/token/create";

  private final RunFolder run = RunFolder.create();
  private final EmbeddedVault vault = EmbeddedVault.start(run);
  private final ContractClient root = run.keep(ContractClient.of(vault, vault.adminToken(), null));

  @AfterEach
  void stop() {
    run.close();
  }

  private long tokens() {
    return root.list("auth/token/accessors").orThrow().data().getJsonArray("keys").size();
  }

  private boolean asked(String path) {
    return vault.calls().stream().map(VaultCall::path).anyMatch(path::equals);
  }

  @Test
  void answerIsGivenOnItsPathsOnlyAndWithoutTheWork() {
    // Given
    long before = tokens();
    vault.faults().answer(CREATE, 403, "permission denied");

    // When
    VaultAnswer answer = root.write(CREATE);

    // Then
    assertEquals(403, answer.status());
    assertEquals(List.of("permission denied"), answer.errors());
    assertEquals(before, tokens());
    vault.faults().clear();
    assertEquals(200, root.write(CREATE).status());
  }

  @Test
  void tooManyRequestsAre429() {
    vault.faults().tooManyRequests("", Duration.ofSeconds(2));

    assertEquals(429, root.read("sys/mounts").status());
  }

  @Test
  void nextCountsItsRequests() {
    vault.faults().next(1, CREATE, new Fault.Answer(500, Map.of(), List.of("broken")));

    assertEquals(500, root.write(CREATE).status());
    assertEquals(200, root.write(CREATE).status());
  }

  @Test
  void cutAndLostAnswersHaveDoneTheirWork() {
    for (Fault fault : List.of(new Fault.CutAnswer(), new Fault.LoseAnswer())) {
      long before = tokens();
      vault.faults().on(CREATE, fault);

      assertThrows(UncheckedIOException.class, () -> root.write(CREATE), fault.toString());

      vault.faults().clear();
      assertTrue(tokens() > before, fault.toString());
    }
  }

  @Test
  void neverAnsweredRequestEndsWithTheListener() {
    // Given
    vault.faults().on(CREATE, new Fault.NeverAnswer());
    vault.faults().next(1, "sys/mounts", new Fault.Answer(500, Map.of(), List.of("x")));
    CompletableFuture<VaultAnswer> waiting =
        CompletableFuture.supplyAsync(() -> root.write(CREATE));
    root.read("sys/mounts");
    assertFalse(waiting.isDone());

    // When
    vault.stop();

    // Then
    assertThrows(CompletionException.class, waiting::join);
    assertFalse(asked(CREATE));
  }

  @Test
  void heldAnswerHasDoneItsWorkBeforeItComes() {
    // Given
    CountDownLatch answer = vault.faults().holdNext(CREATE);
    CompletableFuture<VaultAnswer> waiting =
        CompletableFuture.supplyAsync(() -> root.write(CREATE));
    Await.until("the work is done", () -> asked(CREATE));
    assertFalse(waiting.isDone());

    // When
    answer.countDown();

    // Then
    assertEquals(200, waiting.join().status());
  }

  @Test
  void stoppedVaultIsAbsentAndComesBackWithItsTokens() {
    String token = root.write(CREATE).orThrow().auth().getString("client_token");

    vault.stop();
    assertThrows(UncheckedIOException.class, () -> root.read("sys/health"));
    vault.restart();

    assertEquals(200, root.as(token).read("auth/token/lookup-self").status());
  }
}
