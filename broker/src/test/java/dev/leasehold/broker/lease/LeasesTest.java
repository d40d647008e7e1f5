package dev.leasehold.broker.lease;

import static dev.leasehold.broker.lease.LeaseTester.DATABASE;
import static dev.leasehold.broker.lease.LeaseTester.QUEUE;
import static dev.leasehold.broker.lease.LeaseTester.await;
import static dev.leasehold.broker.lease.LeaseTester.path;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.lease.LeaseOutcome.Problem;
import dev.leasehold.broker.policy.Grant;
import dev.leasehold.broker.secret.SecretStoreException.Kind;
import dev.leasehold.broker.secret.SecretValue;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.testing.Eventually;
import dev.leasehold.broker.testing.FakeSecretStore.Call;
import dev.leasehold.broker.testing.FakeSecretStore.Step;
import dev.leasehold.broker.testing.Gate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LeasesTest {
  private LeaseTester tester;

  @BeforeEach
  void begin(@TempDir Path folder) throws IOException {
    tester = new LeaseTester(folder.resolve("state"));
  }

  @AfterEach
  void end() {
    tester.close();
  }

  @Test
  void nothingIsAskedOfTheStoreBeforeTheFirstUse() throws IOException {
    // Given
    Task task = tester.open();
    assertEquals(List.of(), tester.store.calls());

    // When
    tester.touch(task, DATABASE);

    // Then
    assertEquals(
        List.of(Call.OPEN_TOKEN, Call.READ),
        tester.store.calls().stream().map(made -> made.call()).toList());
    assertEquals(path(DATABASE), tester.store.calls().getLast().subject());
  }

  @Test
  void callsThatNeedOneCredentialAtOnceShareOneFetch() throws IOException {
    // Given
    Task task = tester.open();
    Gate gate = new Gate();
    tester.store.before(Call.READ, gate);

    // When
    List<CompletionStage<LeaseOutcome>> outcomes =
        IntStream.range(0, 20).mapToObj(i -> tester.lease(task, DATABASE)).toList();
    gate.awaitArrival();
    assertTrue(outcomes.stream().noneMatch(stage -> stage.toCompletableFuture().isDone()));
    gate.open();

    // Then
    List<Lease> leases =
        outcomes.stream()
            .map(stage -> assertInstanceOf(LeaseOutcome.Leased.class, await(stage)).use().lease())
            .distinct()
            .toList();
    assertEquals(1, leases.size());
    assertEquals(1, tester.store.count(Call.READ));
  }

  @Test
  void eachTaskAndEachCredentialHasALeaseOfItsOwn() throws IOException {
    // Given
    Task one = tester.open();
    Task other = tester.open();

    // When
    tester.touch(one, DATABASE);
    tester.touch(one, QUEUE);
    tester.touch(other, DATABASE);

    // Then
    assertEquals(3, tester.store.liveLeases().size());
    assertEquals(2, tester.store.count(Call.OPEN_TOKEN), "one token for each task");
  }

  @Test
  void leaseThatIsHeldComesInACompletedStage() throws IOException {
    // Given
    Task task = tester.open();
    Lease held;
    try (LeaseUse use = tester.use(task, DATABASE)) {
      held = use.lease();
    }

    // When
    CompletableFuture<LeaseOutcome> again = tester.lease(task, DATABASE).toCompletableFuture();

    // Then
    assertTrue(again.isDone());
    assertSame(held, assertInstanceOf(LeaseOutcome.Leased.class, await(again)).use().lease());
    assertEquals(1, tester.store.count(Call.READ));
  }

  @Test
  void tokenOfATaskCanReadTheCredentialsOfItsDestinationsOnly() throws IOException {
    // When
    tester.touch(tester.open(QUEUE, DATABASE), DATABASE);

    // Then
    assertEquals(Set.of(DATABASE, QUEUE), tester.store.tokenRequests().getFirst().credentials());
  }

  @Test
  void endedTaskIsGivenNoLease() throws IOException {
    // Given
    Task task = tester.open();
    tester.touch(task, DATABASE);
    Grant grantedBefore = tester.grant(task, DATABASE);

    // When
    tester.end(task, Signal.COMPLETED);

    // Then
    LeaseOutcome outcome = await(tester.leases.lease(grantedBefore));
    assertEquals(
        Problem.TASK_ENDED, assertInstanceOf(LeaseOutcome.Refused.class, outcome).problem());
    assertEquals(1, tester.store.count(Call.READ));
  }

  @Test
  void secretIsWipedOnlyWhenTheLastUseClosesAfterTheEnd() throws IOException {
    // Given
    Task task = tester.open();
    LeaseUse first = tester.use(task, DATABASE);
    LeaseUse second = tester.use(task, DATABASE);
    SecretValue password = tester.store.given().getFirst().field("password").orElseThrow();

    // When
    tester.end(task, Signal.COMPLETED);
    first.close();
    first.close();

    // Then
    assertFalse(password.isDestroyed());
    assertEquals(Set.of("username", "password"), second.lend(fields -> fields.names()));

    // When
    second.close();

    // Then
    assertTrue(password.isDestroyed());
  }

  @Test
  void secretThatNobodyUsesIsWipedAtTheFence() throws IOException {
    // Given
    Task task = tester.open();
    tester.touch(task, DATABASE);
    SecretValue password = tester.store.given().getFirst().field("password").orElseThrow();

    // When
    tester.end(task, Signal.COMPLETED);

    // Then
    assertTrue(password.isDestroyed());
  }

  @Test
  void answerWithoutAFieldThatIsInjectedIsRefusedAndGivenBack() throws IOException {
    // Given
    tester.store.answering(path(DATABASE), Map.of("username", "worker"));

    // When
    LeaseOutcome.Refused refused = tester.refusal(tester.open(), DATABASE);

    // Then
    assertEquals(Problem.CREDENTIAL_FIELD_MISSING, refused.problem());
    assertGivenBack();
  }

  @ParameterizedTest
  @ValueSource(strings = {"pass\rword1", "pass\nword1", "pass\0word1", "short67", "trailing1 "})
  void secretThatCannotBePutOnAWireIsRefusedAndGivenBack(String password) throws IOException {
    // Given
    tester.store.answering(path(DATABASE), Map.of("username", "worker", "password", password));

    // When
    LeaseOutcome.Refused refused = tester.refusal(tester.open(), DATABASE);

    // Then
    assertEquals(Problem.CREDENTIAL_INVALID, refused.problem());
    assertFalse(refused.detail().contains(password), "the secret is in what the agent is told");
    assertGivenBack();
  }

  private void assertGivenBack() {
    assertEquals(1, tester.store.count(Call.REVOKE_LEASE));
    assertEquals(Set.of(), tester.store.liveLeases());
    assertEquals(0, tester.gauge("leases_active"));
    assertTrue(
        tester.store.given().getFirst().names().stream()
            .map(name -> tester.store.given().getFirst().field(name).orElseThrow())
            .allMatch(SecretValue::isDestroyed));
  }

  @Test
  void failureIsAnsweredFromMemoryUntilItsPauseIsOver() throws IOException {
    // Given
    Task task = tester.open();
    tester.store.before(Call.READ, Step.failing(Kind.UNAVAILABLE));
    LeaseOutcome.Refused first = tester.refusal(task, DATABASE);
    assertEquals(Problem.VAULT_UNAVAILABLE, first.problem());

    // When
    LeaseOutcome.Refused second = tester.refusal(task, DATABASE);

    // Then
    assertEquals(1, tester.store.count(Call.READ));
    assertEquals(first.retryAfter(), second.retryAfter());

    // When
    tester.store.before(Call.READ, Step.NOTHING);
    tester.time.advance(first.retryAfter().orElseThrow());

    // Then
    tester.touch(task, DATABASE);
    assertEquals(2, tester.store.count(Call.READ));
  }

  @Test
  void leaseThatCannotBeRenewedIsReplacedBeforeItDies() throws IOException {
    // Given
    Task task = tester.open();
    tester.store.leasing(Duration.ofSeconds(30), false);
    Lease first;
    try (LeaseUse use = tester.use(task, DATABASE)) {
      first = use.lease();
    }

    // When
    tester.time.advance(Duration.ofSeconds(29));
    Eventually.holds("the lease is retired", first::isEnded);

    // Then
    try (LeaseUse use = tester.use(task, DATABASE)) {
      assertNotEquals(first.version(), use.lease().version());
      assertEquals(2, tester.store.count(Call.READ));
    }
  }
}
