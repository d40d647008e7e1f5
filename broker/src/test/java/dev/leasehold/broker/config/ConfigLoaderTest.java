package dev.leasehold.broker.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.destination.Target;
import dev.leasehold.broker.identity.ServerTrust;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConfigLoaderTest {
  @Test
  void theSampleLoadsWhole() {
    // When
    Configuration configuration = Sample.loaded(Sample.text());

    // Then
    assertEquals(Duration.ofMinutes(10), Sample.named(configuration.kinds(), "restock").ttl());
    assertEquals(
        List.of("broker-api", "orders-db"),
        Sample.named(configuration.kinds(), "restock").destinations());
    assertEquals(
        new Target(Target.Scheme.HTTPS, "rabbit.internal", 15671),
        Sample.named(configuration.destinations(), "broker-api").target());
    assertEquals(
        "destinations.broker-api.deny[0]",
        Sample.named(configuration.destinations(), "broker-api").deny().getFirst().name());
    assertEquals(
        Set.of("username", "password"),
        Sample.named(configuration.credentials(), "rabbit").fields());
    assertEquals(
        new ServerTrust.PemFile(Path.of("/etc/vault-ca.pem")), configuration.vault().trust());
    assertEquals(List.of(), configuration.unsafe());
  }

  @Test
  void whatIsNotWrittenHasItsDefault() {
    // When
    Configuration configuration = Sample.loaded(Sample.text());

    // Then
    assertEquals(Duration.ofMinutes(80), configuration.vault().login().ttl());
    assertEquals(
        Duration.ofMinutes(5), Sample.named(configuration.credentials(), "orders-rw").ttl());
    assertEquals(
        dev.leasehold.broker.destination.Limits.DEFAULT,
        Sample.named(configuration.destinations(), "broker-api").limits());
    assertTrue(configuration.proxy().nameServer().isEmpty());
  }

  @Test
  void tenMistakesAreListedAtOnce() {
    // Given
    String yaml =
        """
        apiVersion: leasehold.dev/v2
        identity: {workload-api: unix:///run/spire/agent.sock}
        vault:
          address: http://vault.internal:8200
          ca: file:/etc/vault-ca.pem
          login: {method: cert, mount: auth/cert, role: buyer, audience: vault}
          heartbeat: {role: buyer-heartbeat, ttl: 11m}
        listen: {proxy: 0.0.0.0:15080, porxy: 127.0.0.1:1}
        control:
          socket: /run/leasehold/control.sock
          callers: [{uid: 1001, agent: spiffe://example.org/agent, may: [open], kinds: [restok]}]
        audit: {stdout: true}
        tasks:
          restock:
            agents: ["spiffe://example.org/agent"]
            ttl: ten minutes
            vault: {role: buyer-restock}
            destinations: [api]
        destinations:
          api:
            url: https://api.example.com
            allow: [{paths: ["/a/**/b"]}]
            credential: key
        credentials:
          key:
            vault: {read: database/creds/key}
            inject: {bearer: hunter2-hunter2}
            revocability: hard
            owner: team
            classification: internal
        """;

    // When
    List<String> errors = Sample.errors(yaml);

    // Then
    assertEquals(
        List.of(
            "apiVersion (line 1): must be one of: leasehold.dev/v1",
            "vault.address (line 4): must be https://HOST[:PORT] of Vault's active node",
            "vault.login.audience (line 6): belongs to method jwt only",
            "vault.heartbeat.ttl (line 7): must be a duration from 5s to 10m, such as 90s",
            "listen.porxy (line 8): unknown key; did you mean proxy?",
            "listen.proxy (line 8): other machines could reach it; use loopback or unix:, or set"
                + " listen.unsafe-listen",
            "control.callers[0].kinds[0] (line 11): there is no tasks.restok; did you mean"
                + " restock?",
            "tasks.restock (line 14): is never used: no caller may open it",
            "tasks.restock.ttl (line 16): must be a duration from 1s to 7d, such as 90s",
            "destinations.api.environment (line 20): is required where there is a credential",
            "destinations.api.allow[0].paths[0] (line 22): '*' stands for one whole segment and"
                + " '**' for the rest, at the end only",
            "credentials.key.inject (line 27): names no secret field of Vault's answer, such as"
                + " {password}; a secret is never written here"),
        errors);
  }

  @Test
  void theVersionIsThatOfTheEffectNotOfTheText() {
    // Given
    String version = Sample.loaded(Sample.text()).version();

    // When
    String commented = Sample.loaded("# a word\n" + Sample.text()).version();
    String spelledOut =
        Sample.loaded(
                Sample.with("max-open: 20", "max-open: 20\n    idle: 120s")
                    .replace("    idle: 2m\n", ""))
            .version();
    String defaulted = Sample.loaded(Sample.text() + "resolver: system\n").version();
    String other = Sample.loaded(Sample.with("max-open: 20", "max-open: 21")).version();

    // Then
    assertEquals(12, version.length());
    assertEquals(version, commented);
    assertEquals(version, spelledOut);
    assertEquals(version, defaulted);
    assertNotEquals(version, other);
  }
}
