package dev.leasehold.suite.delegation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jwt.SignedJWT;
import dev.leasehold.broker.delegation.DelegationConfig;
import dev.leasehold.broker.delegation.Grant;
import dev.leasehold.broker.delegation.GrantRefused;
import dev.leasehold.broker.delegation.IssuedGrants;
import dev.leasehold.broker.delegation.TakenGrants;
import dev.leasehold.broker.destination.Classification;
import dev.leasehold.broker.destination.PathPattern;
import dev.leasehold.broker.destination.Rule;
import dev.leasehold.broker.identity.Identity;
import dev.leasehold.broker.identity.IdentityConfig;
import dev.leasehold.broker.identity.IdentitySnapshot;
import dev.leasehold.broker.lease.BootTimers;
import dev.leasehold.broker.lease.Report;
import dev.leasehold.broker.lease.Timers;
import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.ChildRequest;
import dev.leasehold.broker.task.Delegation;
import dev.leasehold.broker.task.Narrowing;
import dev.leasehold.broker.task.OnSharedToken;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskKind;
import dev.leasehold.broker.task.TaskRequest;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.task.Tasks.Opening;
import dev.leasehold.broker.telemetry.BootClock;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.server.FreePorts;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.spiffe.EmbeddedTrustDomain;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class GrantsIT {
  private static final String A = "spiffe://example.org/leasehold/a";
  private static final String B = "spiffe://example.org/leasehold/b";
  private static final String PLANNER = "spiffe://example.org/agent/planner";
  private static final String WRITER = "spiffe://example.org/agent/writer";

  private final RunFolder run = RunFolder.create();
  private final EmbeddedTrustDomain domain = EmbeddedTrustDomain.start("example.org", run);
  private final Metrics metrics = new Metrics("test", Metrics.NONE);
  private final BootTimers timers = Timers.system(BootClock.system());
  private final Tasks tasks = new Tasks(InstantSource.system(), System::nanoTime);
  private final InstantSource wall = InstantSource.system();
  private final Instant begin = wall.instant();
  private IdentitySnapshot a;
  private IdentitySnapshot b;
  private Task planner;

  @BeforeEach
  void identities() throws InterruptedException {
    a = identity(domain, A);
    b = identity(domain, B);
    planner = open();
  }

  @AfterEach
  void stop() {
    timers.close();
    metrics.close();
    run.close();
  }

  private IdentitySnapshot identity(EmbeddedTrustDomain of, String id) throws InterruptedException {
    of.register(id, Account.uid(), "", Duration.ofHours(1));
    try (Identity identity =
        new Identity(
            new IdentityConfig(of.workloadApi(), Optional.of(id)), BootClock.system(), metrics)) {
      identity.start();
      return identity.awaitFirst(Duration.ofSeconds(30)).orElseThrow();
    }
  }

  private Task open() {
    TaskKind kind =
        new TaskKind(
            "plan",
            Set.of(PLANNER),
            Set.of(),
            Duration.ofMinutes(3),
            Optional.empty(),
            Duration.ZERO,
            10,
            "role",
            List.of("orders"),
            Optional.empty(),
            Optional.of(new Delegation(List.of(WRITER), List.of(), 2, 10)),
            Optional.empty(),
            OnSharedToken.RECORD);
    TaskRequest request =
        new TaskRequest(
            "a report",
            PLANNER,
            AgentProof.UID,
            "uid:1",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of("team", "blue"),
            Optional.of("alice"));
    return ((Opening.Opened) tasks.open(kind, request)).task();
  }

  private static DelegationConfig peers(String... ids) {
    return peers(FreePorts.next(), ids);
  }

  private static DelegationConfig peers(int port, String... ids) {
    Map<String, URI> peers = new HashMap<>();
    for (String id : ids) {
      peers.put(id, URI.create("https://127.0.0.1:" + port));
    }
    return new DelegationConfig(Optional.empty(), peers, Duration.ofMinutes(5));
  }

  private IssuedGrants issuing(IdentitySnapshot as) {
    return new IssuedGrants(peers(B), () -> Optional.of(as), wall, timers, event -> {}, metrics);
  }

  private TakenGrants taking(IdentitySnapshot as, InstantSource clock, String... peers) {
    return new TakenGrants(peers(peers), () -> Optional.of(as), clock);
  }

  private Task child() {
    ChildRequest request =
        new ChildRequest(
            WRITER,
            Optional.empty(),
            "a part",
            Optional.of(Duration.ofMinutes(1)),
            Optional.empty(),
            Map.of(),
            Optional.empty(),
            new Narrowing(
                Optional.of(Set.of("GET")),
                Optional.of(List.of(PathPattern.parse("/orders/**"))),
                Optional.empty(),
                Optional.of(Classification.INTERNAL),
                Optional.empty(),
                Optional.of(7L)));
    return ((Opening.Opened) tasks.sketch(planner, request)).task();
  }

  private String token() throws GrantRefused {
    return token(issuing(a));
  }

  private String token(IssuedGrants grants) throws GrantRefused {
    return grants.issue(planner, child(), B, places()).orElseThrow().token();
  }

  private static List<Grant.Place> places() {
    return List.of(
        new Grant.Place(
            "https",
            "orders.internal",
            443,
            Optional.of("database/creds/orders-ro"),
            List.of(new Rule("x", Set.of("GET", "POST"), List.of(PathPattern.parse("/orders/**")))),
            List.of(new Rule("y", Set.of(), List.of(PathPattern.parse("/orders/secret"))))));
  }

  private void refused(String why, TakenGrants by, String token) {
    GrantRefused refused = assertThrows(GrantRefused.class, () -> by.take(token));
    assertTrue(refused.why().contains(why), refused.why());
  }

  /** A clock that is ahead of the issuer's; what is asked first is when the taker began. */
  private InstantSource ahead(Duration by) {
    return new InstantSource() {
      private boolean began;

      @Override
      public Instant instant() {
        boolean first = !began;
        began = true;
        return first ? begin.minusSeconds(1) : wall.instant().plus(by);
      }
    };
  }

  @Test
  void whatIsGrantedIsWhatTheOtherSideReads() throws GrantRefused {
    // When
    Grant grant = taking(b, ahead(Duration.ZERO), A).take(token());

    // Then
    assertEquals(List.of(A, B, WRITER), List.of(grant.issuer(), grant.audience(), grant.agent()));
    assertEquals(List.of(PLANNER), grant.chain());
    assertEquals(planner.id().text(), grant.parent());
    assertEquals(planner.id().text(), grant.root());
    assertEquals(2, grant.deepest());
    assertEquals(Optional.of(Set.of("GET")), grant.limits().methods());
    assertEquals(Optional.of(Classification.INTERNAL), grant.limits().classification());
    assertEquals(Optional.of(7L), grant.limits().calls());
    assertEquals(Map.of("team", "blue"), grant.labels());
    assertEquals(Optional.of("alice"), grant.onBehalfOf());
    Grant.Place place = grant.places().getFirst();
    assertEquals("orders.internal", place.host());
    assertEquals(Optional.of("database/creds/orders-ro"), place.vault());
    assertEquals(Set.of("GET", "POST"), place.allow().getFirst().methods());
    assertEquals("/orders/secret", place.deny().getFirst().paths().getFirst().toString());
  }

  @Test
  void grantIsTakenOnceUnlessNothingCameOfIt() throws GrantRefused {
    // Given
    String token = token();
    TakenGrants taken = taking(b, ahead(Duration.ZERO), A);

    // When
    Grant grant = taken.take(token);
    refused("used already", taken, token);
    taken.giveBack(grant);
    Grant again = taken.take(token);

    // Then
    assertTrue(taken.openedAs(again, planner));
    refused("used already", taken, token);
  }

  @Test
  void grantIsForOneSidecarFromOneOfItsPeers() throws GrantRefused {
    refused("another sidecar", taking(a, ahead(Duration.ZERO), A), token());
    refused("none of delegation.peers", taking(b, ahead(Duration.ZERO)), token());
  }

  @Test
  void clocksThatDifferByMoreThanHalfAMinuteAreNotBelieved() throws GrantRefused {
    taking(b, ahead(Duration.ofSeconds(-20)), A).take(token());
    taking(b, ahead(Duration.ofSeconds(20)), A).take(token());
    refused("not plausible", taking(b, ahead(Duration.ofSeconds(-40)), A), token());
    refused("time is over", taking(b, ahead(Duration.ofSeconds(61)), A), token());
  }

  @Test
  void grantFromBeforeTheStartIsRefused() throws GrantRefused {
    String token = token();
    Instant later = wall.instant().plusSeconds(2);
    refused("before this sidecar started", taking(b, InstantSource.fixed(later), A), token);
  }

  @Test
  void signerFromAnotherTrustDomainIsNotTrusted() throws Exception {
    try (RunFolder other = RunFolder.create()) {
      EmbeddedTrustDomain strangers = EmbeddedTrustDomain.start("example.org", other);
      IdentitySnapshot impostor = identity(strangers, A);
      refused("not trusted", taking(b, ahead(Duration.ZERO), A), token(issuing(impostor)));
    }
  }

  @Test
  void grantThatSaysAnotherIssuerThanItsSignerIsRefused() throws Exception {
    // Given what A says, signed by B
    SignedJWT says = SignedJWT.parse(token());
    List<com.nimbusds.jose.util.Base64> chain = new ArrayList<>();
    for (X509Certificate certificate : b.chain()) {
      chain.add(com.nimbusds.jose.util.Base64.encode(certificate.getEncoded()));
    }
    SignedJWT forged =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256)
                .type(says.getHeader().getType())
                .x509CertChain(chain)
                .build(),
            says.getJWTClaimsSet());
    forged.sign(new ECDSASigner((ECPrivateKey) b.key()));

    // Then
    refused("signed by another", taking(b, ahead(Duration.ZERO), A, B), forged.serialize());
  }

  @Test
  void noChangedByteIsOverlooked() throws GrantRefused {
    // Given
    String token = token();
    String[] parts = token.split("\\.", -1);
    String header = new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8);
    String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);

    // Then
    for (String changed :
        List.of(
            encoded(header) + "." + encoded(claims.replace("GET", "PUT")) + "." + parts[2],
            encoded(header.replace("ES256", "none")) + "." + parts[1] + ".",
            encoded(header.replace("ES256", "HS256")) + "." + parts[1] + "." + parts[2],
            encoded(header.replace("leasehold-grant+jwt", "JWT")) + "." + parts[1] + "." + parts[2],
            encoded(header.replaceAll("\"x5c\":\\[[^\\]]*\\],?", "")) + "." + parts[1] + ".AA",
            parts[0] + "." + parts[1] + ".",
            "",
            "a.b.c",
            token + "x".repeat(40_000))) {
      assertThrows(
          GrantRefused.class, () -> taking(b, ahead(Duration.ZERO), A).take(changed), changed);
    }
    assertFalse(token.contains("alice"), "claims are encoded");
  }

  private static String encoded(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void endedTaskGrantsNothing() throws GrantRefused {
    // Given
    IssuedGrants grants = issuing(a);
    Task child = child();
    planner.fence(Signal.COMPLETED, "", wall.instant(), System.nanoTime());

    // Then
    assertEquals(Optional.empty(), grants.issue(planner, child, B, places()));
  }

  @Test
  void peerThatCannotBeReachedIsInTheReport() throws Exception {
    // Given
    IssuedGrants grants = issuing(a);
    token(grants);
    planner.fence(Signal.COMPLETED, "", wall.instant(), System.nanoTime());

    // When
    List<Report.Residual> residual =
        grants.end(planner).toCompletableFuture().get(60, TimeUnit.SECONDS);

    // Then
    assertEquals(1, residual.size());
    assertEquals("delegated to " + B, residual.getFirst().credential());
    assertTrue(residual.getFirst().diesAt().orElseThrow().isAfter(wall.instant()));
  }
}
