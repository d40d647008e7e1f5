package dev.leasehold.broker.approval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jwt.JWTClaimsSet;
import com.sun.net.httpserver.HttpServer;
import dev.leasehold.broker.testing.IdProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The provider's keys are those that its own configuration names, and no others. */
final class DiscoveredKeysTest {
  private static final String CONFIGURATION = "/.well-known/openid-configuration";

  private final Instant now = Instant.now();
  private final AtomicInteger asked = new AtomicInteger();
  private HttpServer server;
  private String issuer;
  private IdProvider provider;

  @BeforeEach
  void listen() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
    issuer = "http://127.0.0.1:" + server.getAddress().getPort();
    provider = new IdProvider();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void serve(String path, int status, String body) {
    server.createContext(
        path,
        exchange -> {
          asked.incrementAndGet();
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Location", issuer + "/elsewhere");
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private void serveConfiguration(String named, String keys) {
    serve(
        CONFIGURATION,
        200,
        "{\"issuer\":\"%s\",\"jwks_uri\":\"%s\",\"scopes_supported\":[\"openid\"]}"
            .formatted(named, keys));
  }

  private Approvers approvers() throws IOException {
    ApproverRule rule =
        new ApproverRule.Oidc(
            issuer, IdProvider.AUDIENCE, "groups", Set.of("sre"), Optional.empty());
    return new Approvers(
        Map.of("ops", List.of(rule)), InstantSource.fixed(now), token -> Optional.empty());
  }

  private String token(IdProvider signer) throws Exception {
    return signer.sign(
        new JWTClaimsSet.Builder(IdProvider.claims("anna", now)).issuer(issuer).build());
  }

  @Test
  void keysAreFoundByTheIssuerAndKept() throws Exception {
    serveConfiguration(issuer, issuer + "/keys");
    serve("/keys", 200, provider.keys());
    Approvers approvers = approvers();
    assertEquals(0, asked.get());
    assertTrue(approvers.discoversKeys());

    for (int i = 0; i < 3; i++) {
      assertEquals(issuer + "#anna", approvers.byToken(token(provider)).orElseThrow().subject());
    }

    assertEquals(2, asked.get());
  }

  @Test
  void aKeyThatTheProviderHasMadeSinceIsFound() throws Exception {
    serveConfiguration(issuer, issuer + "/keys");
    serve("/keys", 200, provider.keys());
    Approvers approvers = approvers();
    assertTrue(approvers.byToken(token(provider)).isPresent());
    IdProvider rotated = new IdProvider("k2");
    server.removeContext("/keys");
    serve("/keys", 200, rotated.keys());

    assertTrue(approvers.byToken(token(rotated)).isPresent());
  }

  @Test
  void unknownKeysHaveTheProviderAskedTwiceAndNoMore() throws Exception {
    serveConfiguration(issuer, issuer + "/keys");
    serve("/keys", 200, provider.keys());
    Approvers approvers = approvers();

    for (int i = 0; i < 10; i++) {
      assertEquals(Optional.empty(), approvers.byToken(token(new IdProvider("other" + i))));
    }

    assertEquals(4, asked.get());
    assertTrue(approvers.byToken(token(provider)).isPresent());
  }

  @Test
  void providerThatIsDownProvesNothingAndStopsNothing() throws Exception {
    Approvers approvers = approvers();
    assertEquals(Optional.empty(), approvers.byToken(token(provider)));

    serveConfiguration(issuer, issuer + "/keys");
    serve("/keys", 200, provider.keys());

    assertTrue(approvers.byToken(token(provider)).isPresent());
  }

  @Test
  void keysOfAnotherIssuerAreNotItsOwn() throws Exception {
    serveConfiguration("https://id.example.org", issuer + "/keys");
    serve("/keys", 200, provider.keys());

    assertEquals(Optional.empty(), approvers().byToken(token(provider)));
    assertEquals(1, asked.get());
  }

  @Test
  void keysInTheClearFromAnotherHostAreNotRead() throws Exception {
    serveConfiguration(issuer, issuer.replace("127.0.0.1", "localhost") + "/keys");
    serve("/keys", 200, provider.keys());

    assertEquals(Optional.empty(), approvers().byToken(token(provider)));
    assertEquals(1, asked.get());
  }

  @Test
  void noRedirectIsFollowed() throws Exception {
    serve(CONFIGURATION, 302, "");
    serve("/elsewhere", 200, "{\"issuer\":\"%1$s\",\"jwks_uri\":\"%1$s/keys\"}".formatted(issuer));
    serve("/keys", 200, provider.keys());

    assertEquals(Optional.empty(), approvers().byToken(token(provider)));
    assertEquals(1, asked.get());
  }

  @Test
  void nonsenseAndFloodsProveNothing() throws Exception {
    serveConfiguration(issuer, issuer + "/keys");
    serve("/keys", 200, " ".repeat(2 << 20) + provider.keys());
    assertEquals(Optional.empty(), approvers().byToken(token(provider)));

    server.removeContext(CONFIGURATION);
    serve(CONFIGURATION, 200, "[]");
    assertEquals(Optional.empty(), approvers().byToken(token(provider)));
  }
}
