package dev.leasehold.testbed.spiffe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.spiffe.EmbeddedTrustDomain.Behaviour;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.spiffe.exception.X509ContextException;
import io.spiffe.spiffeid.TrustDomain;
import io.spiffe.workloadapi.DefaultWorkloadApiClient;
import io.spiffe.workloadapi.Watcher;
import io.spiffe.workloadapi.WorkloadApiClient;
import io.spiffe.workloadapi.X509Context;
import io.spiffe.workloadapi.grpc.Workload.X509SVID;
import io.spiffe.workloadapi.grpc.Workload.X509SVIDRequest;
import io.spiffe.workloadapi.grpc.Workload.X509SVIDResponse;
import java.math.BigInteger;
import java.security.cert.CertificateExpiredException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What only the stand-in can do; what SPIRE does as well is in the suite's contract. */
final class EmbeddedTrustDomainTest {

  private static final String ID = "spiffe://example.org/broker";
  private static final TrustDomain DOMAIN = TrustDomain.parse("example.org");

  private final RunFolder run = RunFolder.create();
  private final EmbeddedTrustDomain domain = EmbeddedTrustDomain.start("example.org", run);
  private final Seen seen = new Seen();
  private WorkloadApiClient client = newClient();

  private WorkloadApiClient newClient() {
    try {
      return DefaultWorkloadApiClient.newClient(
          DefaultWorkloadApiClient.ClientOptions.builder()
              .spiffeSocketPath(domain.workloadApi().toString())
              .build());
    } catch (Exception broken) {
      throw new IllegalStateException(broken);
    }
  }

  @BeforeEach
  void register() {
    domain.register(ID, Account.uid(), "broker.example.org", Duration.ofHours(1));
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    run.close();
  }

  @Test
  void rotationReachesAnOpenStream() {
    // Given
    client.watchX509Context(seen);
    Await.until("the first SVID is there", () -> seen.serials.size() == 1);

    // When
    domain.rotate();

    // Then
    Await.until("the second SVID is there", () -> seen.serials.size() == 2);
    assertNotEquals(seen.serials.get(0), seen.serials.get(1));
  }

  @Test
  void agedSvidIsReplacedWithoutAsking() {
    // Given
    domain.register(
        "spiffe://example.org/short", Account.uid(), "short.example.org", Duration.ofSeconds(2));

    // When
    client.watchX509Context(seen);

    // Then
    Await.until("several updates came", () -> seen.serials.size() >= 3);
  }

  @Test
  void newAuthorityJoinsTheBundleAndTheOldOneLeavesItOnCommand() throws Exception {
    // Given
    assertEquals(1, authorities());

    // When
    domain.rotateAuthorities();
    int during = authorities();
    domain.dropOldAuthorities();

    // Then
    assertEquals(2, during);
    assertEquals(1, authorities());
    assertEquals(1, domain.jwtAuthoritiesPem().size());
    client
        .fetchX509Context()
        .getDefaultSvid()
        .getLeaf()
        .verify(
            client
                .fetchX509Bundles()
                .getBundleForTrustDomain(DOMAIN)
                .getX509Authorities()
                .iterator()
                .next()
                .getPublicKey());
  }

  private int authorities() throws Exception {
    return client.fetchX509Bundles().getBundleForTrustDomain(DOMAIN).getX509Authorities().size();
  }

  @Test
  void expiredSvidIsServedOnCommand() throws Exception {
    // When
    domain.behave(Behaviour.EXPIRED);

    // Then
    assertThrows(
        CertificateExpiredException.class,
        () -> client.fetchX509Context().getDefaultSvid().getLeaf().checkValidity());
  }

  @Test
  void withdrawnIdentityEndsOpenStreams() {
    // Given
    try (RawWorkloadApi raw = new RawWorkloadApi(domain.workloadApi())) {
      Iterator<X509SVIDResponse> stream =
          raw.stub().fetchX509SVID(X509SVIDRequest.getDefaultInstance());
      assertEquals(ID, stream.next().getSvids(0).getSpiffeId());

      // When
      domain.behave(Behaviour.NO_IDENTITY);

      // Then
      StatusRuntimeException ended = assertThrows(StatusRuntimeException.class, stream::hasNext);
      assertEquals(Status.Code.PERMISSION_DENIED, ended.getStatus().getCode());
    }
  }

  @Test
  void callWithoutTheSecurityHeaderIsRefused() {
    // Given
    try (RawWorkloadApi raw = new RawWorkloadApi(domain.workloadApi())) {
      Iterator<X509SVIDResponse> stream =
          raw.withoutHeader().fetchX509SVID(X509SVIDRequest.getDefaultInstance());

      // When
      StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, stream::hasNext);

      // Then
      assertEquals(Status.Code.INVALID_ARGUMENT, refused.getStatus().getCode());
    }
  }

  @Test
  void workloadOfAnotherUidIsNotServed() {
    // Given
    domain.register(
        "spiffe://example.org/other", Account.uid() + 1, "o.example.org", Duration.ofHours(1));
    try (RawWorkloadApi raw = new RawWorkloadApi(domain.workloadApi())) {

      // When
      X509SVIDResponse response =
          raw.stub().fetchX509SVID(X509SVIDRequest.getDefaultInstance()).next();

      // Then
      assertEquals(
          List.of(ID), response.getSvidsList().stream().map(X509SVID::getSpiffeId).toList());
    }
  }

  @Test
  void silentServerAnswersNobodyUntilItIsNormalAgain() {
    // Given
    domain.behave(Behaviour.SILENT);
    client.watchX509Context(seen);
    Thread asking =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    seen.onUpdate(client.fetchX509Context());
                  } catch (X509ContextException refused) {
                    seen.onError(refused);
                  }
                });
    assertTrue(asking.isAlive());
    assertTrue(seen.serials.isEmpty());

    // When
    domain.behave(Behaviour.NORMAL);

    // Then
    Await.until("both are answered", () -> seen.serials.size() == 2);
    assertTrue(seen.errors.isEmpty());
  }

  @Test
  void slowServerAnswersAfterItsDelay() {
    // Given
    domain.delay(Duration.ofMillis(300));
    long start = System.nanoTime();

    // When
    client.watchX509Context(seen);

    // Then
    Await.until("the SVID is there", () -> seen.serials.size() == 1);
    assertFalse(Duration.ofNanos(System.nanoTime() - start).compareTo(Duration.ofMillis(300)) < 0);
  }

  @Test
  void stoppedServerListensAgainAfterRestart() throws Exception {
    // Given
    domain.stop();
    assertThrows(X509ContextException.class, client::fetchX509Context);

    // When
    domain.restart();

    // Then
    client.close();
    client = newClient();
    assertEquals(ID, client.fetchX509Context().getDefaultSvid().getSpiffeId().toString());
  }

  @Test
  void foreignSpiffeIdIsNotRegistered() {
    assertThrows(
        IllegalArgumentException.class,
        () -> domain.register("spiffe://other.org/a", 0, "", Duration.ofHours(1)));
  }

  /** Keeps what a watcher is told. */
  private static final class Seen implements Watcher<X509Context> {

    private final List<BigInteger> serials = new CopyOnWriteArrayList<>();
    private final List<Throwable> errors = new CopyOnWriteArrayList<>();

    @Override
    public void onUpdate(X509Context context) {
      serials.add(context.getX509Svids().getLast().getLeaf().getSerialNumber());
    }

    @Override
    public void onError(Throwable error) {
      errors.add(error);
    }
  }
}
