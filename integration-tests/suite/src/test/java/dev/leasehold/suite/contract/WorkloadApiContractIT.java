package dev.leasehold.suite.contract;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.suite.contract.Ways.Running;
import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.spiffe.TrustDomains;
import dev.leasehold.testbed.spiffe.WorkloadIdentity;
import dev.leasehold.testbed.tls.Pem;
import io.spiffe.bundle.x509bundle.X509BundleSet;
import io.spiffe.exception.JwtSvidException;
import io.spiffe.exception.X509ContextException;
import io.spiffe.spiffeid.SpiffeId;
import io.spiffe.spiffeid.TrustDomain;
import io.spiffe.svid.jwtsvid.JwtSvid;
import io.spiffe.svid.x509svid.X509Svid;
import io.spiffe.workloadapi.DefaultWorkloadApiClient;
import io.spiffe.workloadapi.Watcher;
import io.spiffe.workloadapi.WorkloadApiClient;
import io.spiffe.workloadapi.X509Context;
import java.io.ByteArrayInputStream;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a workload gets from SPIRE's agent and, the same, from the stand-in. */
@ParameterizedClass
@MethodSource("domains")
final class WorkloadApiContractIT {

  private static final TrustDomain DOMAIN = TrustDomain.parse("example.org");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int URI_NAME = 6;
  private static final int DNS_NAME = 2;

  private final WorkloadIdentity domain;
  private final List<WorkloadApiClient> clients = new CopyOnWriteArrayList<>();

  WorkloadApiContractIT(Running<WorkloadIdentity> running) {
    this.domain = running.server();
  }

  static Stream<Running<WorkloadIdentity>> domains() {
    return Ways.each("SPIRE", run -> TrustDomains.ways(run, "example.org"));
  }

  @AfterEach
  void closeClients() throws Exception {
    for (WorkloadApiClient client : clients) {
      client.close();
    }
  }

  private WorkloadApiClient client() throws Exception {
    WorkloadApiClient client =
        DefaultWorkloadApiClient.newClient(
            DefaultWorkloadApiClient.ClientOptions.builder()
                .spiffeSocketPath(domain.workloadApi().toString())
                .build());
    clients.add(client);
    return client;
  }

  /** Registers an identity of our own under a name that no other test uses. */
  private String registered(String name, Duration ttl) {
    String id = "spiffe://example.org/" + name;
    domain.register(id, Account.uid(), name + ".example.org", ttl);
    return id;
  }

  /** What the Workload API gives us under one of our identities. */
  private X509Svid svid(X509Context context, String id) {
    return context.getX509Svids().stream()
        .filter(svid -> svid.getSpiffeId().toString().equals(id))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void x509SvidIsALeafWithOneSpiffeIdAndItsDnsName() throws Exception {
    // Given
    String id = registered("leaf", HOUR);

    // When
    X509Certificate leaf = svid(client().fetchX509Context(), id).getLeaf();

    // Then
    assertEquals(List.of(id), names(leaf, URI_NAME));
    assertEquals(List.of("leaf.example.org"), names(leaf, DNS_NAME));
    assertTrue(leaf.getSubjectX500Principal().getName().contains("CN=leaf.example.org"));
    assertEquals(-1, leaf.getBasicConstraints());
    assertTrue(leaf.getKeyUsage()[0]);
    assertFalse(leaf.getKeyUsage()[5]);
    assertEquals(
        Set.of("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"), Set.copyOf(leaf.getExtendedKeyUsage()));
    Instant end = leaf.getNotAfter().toInstant();
    assertFalse(end.isAfter(Instant.now().plus(HOUR).plusSeconds(1)), end.toString());
  }

  private static List<String> names(X509Certificate leaf, int type) throws Exception {
    return leaf.getSubjectAlternativeNames().stream()
        .filter(name -> name.get(0).equals(type))
        .map(name -> String.valueOf(name.get(1)))
        .toList();
  }

  @Test
  void x509SvidVerifiesUnderTheBundleServedWithIt() throws Exception {
    // Given
    String id = registered("chain", HOUR);

    // When
    X509Context context = client().fetchX509Context();

    // Then
    Set<X509Certificate> authorities =
        context.getX509BundleSet().getBundleForTrustDomain(DOMAIN).getX509Authorities();
    verify(svid(context, id), authorities);
    assertEquals(parse(domain.bundlePem()), authorities);
  }

  private static void verify(X509Svid svid, Set<X509Certificate> authorities) throws Exception {
    PKIXParameters parameters =
        new PKIXParameters(
            authorities.stream()
                .map(authority -> new TrustAnchor(authority, null))
                .collect(Collectors.toSet()));
    parameters.setRevocationEnabled(false);
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509").generateCertPath(svid.getChain()), parameters);
  }

  private static Set<X509Certificate> parse(String pem) throws Exception {
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(pem.getBytes(US_ASCII)))
        .stream()
        .map(X509Certificate.class::cast)
        .collect(Collectors.toSet());
  }

  @Test
  void bundlesHoldTheTrustDomainsAuthoritiesOfBothKinds() throws Exception {
    // Given
    registered("bundles", HOUR);
    WorkloadApiClient client = client();

    // When
    X509BundleSet x509 = client.fetchX509Bundles();
    List<String> jwt =
        client
            .fetchJwtBundles()
            .getBundleForTrustDomain(DOMAIN)
            .getJwtAuthorities()
            .values()
            .stream()
            .map(Pem::of)
            .toList();

    // Then
    assertEquals(
        parse(domain.bundlePem()), x509.getBundleForTrustDomain(DOMAIN).getX509Authorities());
    assertEquals(Set.copyOf(domain.jwtAuthoritiesPem()), Set.copyOf(jwt));
  }

  @Test
  void severalIdentitiesOfOneWorkloadComeInOneAnswer() throws Exception {
    // Given
    String first = registered("first", HOUR);
    String second = registered("second", HOUR);

    // When
    Set<String> ids =
        client().fetchX509Context().getX509Svids().stream()
            .map(svid -> svid.getSpiffeId().toString())
            .collect(Collectors.toSet());

    // Then
    assertTrue(ids.containsAll(Set.of(first, second)), ids.toString());
  }

  @Test
  void jwtSvidNamesItsAudienceAndVerifiesUnderTheJwtBundle() throws Exception {
    // Given
    String id = registered("jwt", HOUR);
    WorkloadApiClient client = client();

    // When
    JwtSvid svid = client.fetchJwtSvid(SpiffeId.parse(id), "vault");

    // Then
    assertEquals(id, svid.getSpiffeId().toString());
    assertEquals(Set.of("vault"), svid.getAudience());
    assertTrue(svid.getExpiry().toInstant().isAfter(Instant.now()));
    JwtSvid verified =
        JwtSvid.parseAndValidate(svid.getToken(), client.fetchJwtBundles(), Set.of("vault"));
    assertEquals(id, verified.getSpiffeId().toString());
    assertThrows(
        JwtSvidException.class,
        () -> JwtSvid.parseAndValidate(svid.getToken(), client.fetchJwtBundles(), Set.of("other")));
  }

  @Test
  void anotherUidsIdentityIsNotServed() throws Exception {
    // Given
    String ours = registered("ours", HOUR);
    String theirs = "spiffe://example.org/theirs";
    domain.register(theirs, Account.uid() + 4321, "theirs.example.org", HOUR);
    WorkloadApiClient client = client();

    // When
    Set<String> ids =
        client.fetchX509Context().getX509Svids().stream()
            .map(svid -> svid.getSpiffeId().toString())
            .collect(Collectors.toSet());

    // Then
    assertTrue(ids.contains(ours), ids.toString());
    assertFalse(ids.contains(theirs), ids.toString());
    assertThrows(
        JwtSvidException.class, () -> client.fetchJwtSvid(SpiffeId.parse(theirs), "vault"));
  }

  @Test
  void svidIsReplacedOnTheOpenStreamWithAnotherKey() throws Exception {
    // Given
    Duration ttl = Duration.ofSeconds(20);
    String id = registered("short", ttl);
    Updates updates = new Updates();

    // When
    client().watchX509Context(updates);

    // Then
    Await.until(
        "the short SVID was replaced",
        Duration.ofSeconds(60),
        () -> updates.serials(id).distinct().count() >= 2);
    List<X509Svid> seen = updates.of(id).toList();
    assertNotEquals(
        seen.getFirst().getLeaf().getPublicKey(), seen.getLast().getLeaf().getPublicKey());
    verify(seen.getLast(), parse(domain.bundlePem()));
    assertEquals(List.of(), updates.errors);
  }

  @Test
  void workloadWithoutARegistrationIsRefused() throws Exception {
    try (Running<WorkloadIdentity> fresh = another()) {
      // Given
      WorkloadApiClient client =
          DefaultWorkloadApiClient.newClient(
              DefaultWorkloadApiClient.ClientOptions.builder()
                  .spiffeSocketPath(fresh.server().workloadApi().toString())
                  .build());
      clients.add(client);

      // Then
      assertThrows(X509ContextException.class, client::fetchX509Context);
    }
  }

  /** A domain of the same kind that nobody is registered in. */
  private Running<WorkloadIdentity> another() {
    return Ways.start("SPIRE", domain.kind(), run -> TrustDomains.ways(run, "example.org"))
        .orElseThrow();
  }

  /** Keeps what a watcher is told. */
  private static final class Updates implements Watcher<X509Context> {

    private final List<X509Svid> svids = new CopyOnWriteArrayList<>();
    private final List<Throwable> errors = new CopyOnWriteArrayList<>();

    Stream<X509Svid> of(String id) {
      return svids.stream().filter(svid -> svid.getSpiffeId().toString().equals(id));
    }

    Stream<String> serials(String id) {
      return of(id).map(svid -> svid.getLeaf().getSerialNumber().toString());
    }

    @Override
    public void onUpdate(X509Context context) {
      svids.addAll(context.getX509Svids());
    }

    @Override
    public void onError(Throwable error) {
      errors.add(error);
    }
  }
}
