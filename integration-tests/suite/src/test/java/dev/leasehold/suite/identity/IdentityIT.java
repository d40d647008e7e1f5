package dev.leasehold.suite.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.identity.Identity;
import dev.leasehold.broker.identity.IdentityConfig;
import dev.leasehold.broker.identity.IdentityException;
import dev.leasehold.broker.identity.IdentityListener;
import dev.leasehold.broker.identity.IdentitySnapshot;
import dev.leasehold.broker.telemetry.BootClock;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.spiffe.EmbeddedTrustDomain;
import dev.leasehold.testbed.spiffe.EmbeddedTrustDomain.Behaviour;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class IdentityIT {
  private static final String OURS = "spiffe://example.org/leasehold/buyer";
  private static final String OTHER = "spiffe://example.org/leasehold/other";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final RunFolder run = RunFolder.create();
  private final EmbeddedTrustDomain domain = EmbeddedTrustDomain.start("example.org", run);
  private final Metrics metrics = new Metrics("test", Metrics.NONE);
  private final Recorder events = new Recorder();

  @AfterEach
  void stop() {
    metrics.close();
    run.close();
  }

  @Test
  void absentWorkloadApiIsWaitedForByNameAndFoundWhenItComes() throws Exception {
    // Given
    register(OURS, Duration.ofHours(1));
    domain.stop();
    try (Identity identity = following(Optional.empty())) {
      Await.until(
          "it says what it waits for",
          () -> identity.notReady().orElse("").contains(domain.workloadApi().toString()));
      assertEquals(Optional.empty(), identity.current());

      // When
      domain.restart();

      // Then
      assertEquals(OURS, first(identity).spiffeId());
      assertEquals(Optional.empty(), identity.notReady());
    }
  }

  @Test
  void silentWorkloadApiKeepsItWaitingAndNotReady() throws Exception {
    // Given
    register(OURS, Duration.ofHours(1));
    domain.behave(Behaviour.SILENT);
    try (Identity identity = following(Optional.empty())) {
      // When
      Optional<IdentitySnapshot> early = identity.awaitFirst(Duration.ofMillis(500));

      // Then
      assertEquals(Optional.empty(), early);
      assertTrue(identity.notReady().orElse("").contains("no answer yet"));
      domain.behave(Behaviour.NORMAL);
      assertEquals(OURS, first(identity).spiffeId());
    }
  }

  @Test
  void callerWithoutAnIdentityIsToldSoUntilItHasOne() throws Exception {
    try (Identity identity = following(Optional.empty())) {
      // Given
      Await.until(
          "the refusal is said", () -> identity.notReady().orElse("").contains("no identity"));

      // When
      register(OURS, Duration.ofHours(1));

      // Then
      assertEquals(OURS, first(identity).spiffeId());
    }
  }

  @Test
  void rotationGivesANewSnapshotAndLeavesTheOldOneWhole() throws Exception {
    // Given
    register(OURS, Duration.ofHours(1));
    try (Identity identity = following(Optional.empty())) {
      IdentitySnapshot before = first(identity);
      var leaf = before.chain().getFirst();

      // When
      domain.rotate();
      Await.until("the rotation", () -> events.rotated.size() == 2);

      // Then
      IdentitySnapshot after = identity.current().orElseThrow();
      assertSame(after, events.rotated.getLast());
      assertNotEquals(leaf, after.chain().getFirst());
      assertNotEquals(leaf.getPublicKey(), after.chain().getFirst().getPublicKey());
      assertEquals(leaf, before.chain().getFirst());
      assertEquals(List.of(), events.lost);
    }
  }

  @Test
  void changedBundleIsToldWithoutANewSvid() throws Exception {
    // Given
    register(OURS, Duration.ofHours(1));
    try (Identity identity = following(Optional.empty())) {
      first(identity);
      domain.rotateAuthorities();
      Await.until("the rotation", () -> events.rotated.size() == 2);
      assertEquals(2, identity.current().orElseThrow().authorities().size());

      // When
      domain.dropOldAuthorities();
      Await.until("the change", () -> events.bundles.size() == 1);

      // Then
      assertEquals(1, identity.current().orElseThrow().authorities().size());
      assertEquals(2, events.rotated.size());
    }
  }

  @Test
  void workloadApiThatComesBackWithTheSameSvidChangesNothing() throws Exception {
    // Given
    register(OURS, Duration.ofHours(1));
    try (Identity identity = following(Optional.empty())) {
      IdentitySnapshot before = first(identity);

      // When
      domain.restart();
      domain.rotate(); // seen only over the new connection

      // Then
      Await.until("the rotation", () -> events.rotated.size() == 2);
      assertEquals(List.of(), events.lost);
      assertNotEquals(before.chain(), identity.current().orElseThrow().chain());
    }
  }

  @Test
  void identityOutlivesTheWorkloadApiUntilItsExpiryAndThenFailsClosed() throws Exception {
    // Given
    register(OURS, Duration.ofSeconds(6));
    try (Identity identity = following(Optional.empty())) {
      first(identity);

      // When
      domain.stop();

      // Then
      assertTrue(identity.current().isPresent());
      Await.until("the loss", () -> events.lost.size() == 1);
      assertEquals(Optional.empty(), identity.current());
      assertTrue(events.lost.getFirst().contains("expired"), events.lost.toString());
      assertFalse(identity.notReady().isEmpty());
      assertThrows(
          IdentityException.class, () -> identity.withJwtSvid("vault", token -> token.length()));
      domain.restart();
      Await.until("it comes back", () -> identity.current().isPresent());
    }
  }

  @Test
  void expiredSvidIsNoIdentity() throws Exception {
    // Given
    register(OURS, Duration.ofHours(1));
    try (Identity identity = following(Optional.empty())) {
      first(identity);

      // When
      domain.behave(Behaviour.EXPIRED);

      // Then
      Await.until("the loss", () -> events.lost.size() == 1);
      assertEquals(Optional.empty(), identity.current());
      assertTrue(identity.notReady().orElse("").contains("expired"));
      domain.behave(Behaviour.NORMAL);
      Await.until("it comes back", () -> identity.notReady().isEmpty());
    }
  }

  @Test
  void withdrawnIdentityIsGoneAtOnceAlthoughItHasNotExpired() throws Exception {
    // Given
    register(OURS, Duration.ofHours(1));
    try (Identity identity = following(Optional.empty())) {
      first(identity);

      // When
      domain.behave(Behaviour.NO_IDENTITY);

      // Then
      Await.until("the loss", () -> events.lost.size() == 1);
      assertEquals(Optional.empty(), identity.current());
    }
  }

  @Test
  void ofSeveralIdentitiesNoneIsGuessed() throws Exception {
    // Given
    register(OURS, Duration.ofHours(1));
    register(OTHER, Duration.ofHours(1));
    try (Identity unnamed = following(Optional.empty());
        Identity named = following(Optional.of(OTHER))) {
      // Then
      assertEquals(OTHER, first(named).spiffeId());
      Await.until("it asks for a name", () -> unnamed.notReady().orElse("").contains("spiffe-id"));
      assertEquals(Optional.empty(), unnamed.current());
    }
  }

  @Test
  void jwtSvidIsLentFreshForItsAudience() throws Exception {
    // Given
    register(OURS, Duration.ofHours(1));
    try (Identity identity = following(Optional.empty())) {
      first(identity);

      // When
      int dots = identity.withJwtSvid("vault", token -> token.split("\\.", -1).length - 1);

      // Then
      assertEquals(2, dots);
    }
  }

  @Test
  void followingTheWorkloadApiHoldsNoCarrierOfVirtualThreads() throws Exception {
    // Given
    register(OURS, Duration.ofHours(1));
    int connections = Runtime.getRuntime().availableProcessors() + 1;
    List<Identity> identities = new CopyOnWriteArrayList<>();
    try {
      for (int n = 0; n < connections; n++) {
        identities.add(following(Optional.empty()));
        first(identities.getLast());
      }
      CountDownLatch ran = new CountDownLatch(100);

      // When
      for (int n = 0; n < 100; n++) {
        Thread.ofVirtual().start(ran::countDown);
      }

      // Then
      assertTrue(ran.await(30, TimeUnit.SECONDS), ran + " never ran");
    } finally {
      identities.forEach(Identity::close);
    }
  }

  private void register(String spiffeId, Duration life) {
    domain.register(spiffeId, Account.uid(), "buyer.example.org", life);
  }

  private Identity following(Optional<String> spiffeId) {
    Identity identity =
        new Identity(
            new IdentityConfig(domain.workloadApi(), spiffeId), BootClock.system(), metrics);
    identity.addListener(events);
    identity.start();
    return identity;
  }

  private static IdentitySnapshot first(Identity identity) throws InterruptedException {
    return identity.awaitFirst(PATIENCE).orElseThrow();
  }

  private static final class Recorder implements IdentityListener {
    private final List<IdentitySnapshot> rotated = new CopyOnWriteArrayList<>();
    private final List<IdentitySnapshot> bundles = new CopyOnWriteArrayList<>();
    private final List<String> lost = new CopyOnWriteArrayList<>();

    @Override
    public void rotated(IdentitySnapshot snapshot) {
      rotated.add(snapshot);
    }

    @Override
    public void bundleChanged(IdentitySnapshot snapshot) {
      bundles.add(snapshot);
    }

    @Override
    public void lost(String reason) {
      lost.add(reason);
    }
  }
}
