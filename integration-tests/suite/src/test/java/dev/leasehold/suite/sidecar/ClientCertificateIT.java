package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.server.FreePorts;
import dev.leasehold.testbed.server.ServerProcess;
import dev.leasehold.testbed.server.Setting;
import dev.leasehold.testbed.vault.EmbeddedVault;
import dev.leasehold.testbed.vault.VaultAdmin;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Certificates that a real Vault's PKI makes for a task, shown to a real OpenSSL that asks. */
class ClientCertificateIT {
  private static final Testbed TESTBED = SharedTestbed.get();
  private static final String NAME = "restock.agents.example";
  private static Path folder;
  private static Rig rig;
  private static int port;
  private static int spiffePort;

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(
        Setting.realDemandedBy().isPresent() || !(TESTBED.vault() instanceof EmbeddedVault),
        "Vault's PKI has no stand-in");
    folder = Files.createDirectory(TESTBED.folder().resolve("demanding-servers"));
    Files.writeString(folder.resolve("pki-root.pem"), pki());
    Files.writeString(folder.resolve("spiffe-root.pem"), TESTBED.identity().bundlePem());
    port = demanding("pki-root.pem");
    spiffePort = demanding("spiffe-root.pem");
    rig = new Rig(TESTBED);
    rig.secrets().know("any private key", "PRIVATE KEY");
    rig.rules(rules()).start();
  }

  @AfterAll
  static void stop() {
    if (rig != null) {
      rig.close();
    }
  }

  /** Sets up an authority with two roles, and gives its certificate. */
  private static String pki() {
    VaultAdmin vault = TESTBED.vaultAdmin();
    vault.write("sys/mounts/pki", new JsonObject().put("type", "pki")).orThrow();
    String root =
        vault
            .write(
                "pki/root/generate/internal",
                new JsonObject().put("common_name", "Agents").put("ttl", "24h"))
            .orThrow()
            .data()
            .getString("certificate");
    JsonObject role =
        new JsonObject()
            .put("allowed_domains", new JsonArray(List.of("agents.example")))
            .put("allow_subdomains", true)
            .put("key_type", "ec")
            .put("key_bits", 256)
            .put("max_ttl", "10m");
    vault.write("pki/roles/agents", role).orThrow();
    vault.write("pki/roles/leased-agents", role.copy().put("generate_lease", true)).orThrow();
    return root;
  }

  /** An OpenSSL server that serves only who shows a certificate of that authority. */
  private static int demanding(String authority) {
    int free = FreePorts.next();
    TESTBED.ca().leaf("localhost").write(folder, "server-" + free);
    ServerProcess server =
        TESTBED.keep(
            ServerProcess.start(
                "openssl-" + free,
                folder,
                List.of(
                    "openssl",
                    "s_server",
                    "-accept",
                    "127.0.0.1:" + free,
                    "-cert",
                    "server-" + free + ".pem",
                    "-key",
                    "server-" + free + ".key",
                    "-CAfile",
                    authority,
                    "-Verify",
                    "3",
                    "-verify_return_error",
                    "-www"),
                Map.of()));
    server.awaitReady("OpenSSL listens", () -> isTaken(free));
    return free;
  }

  private static boolean isTaken(int number) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), number));
      return false;
    } catch (IOException taken) {
      return true;
    }
  }

  private static String rules() {
    return """
    tasks:
      restock:
        agents: ["%s", "%s"]
        ttl: 5m
        vault: {role: "leasehold-${rig}-restock"}
        destinations: [leased, unleased, nothing, own]
    destinations:
    """
            .formatted(Rig.AGENT, Rig.NEIGHBOUR)
        + destination("leased", port, "credential: leased-id")
        + destination("unleased", port, "credential: unleased-id")
        + destination("nothing", port, "")
        + destination("own", spiffePort, "mtls: svid")
        + "credentials:\n"
        + credential("leased-id", "leased-agents", "hard")
        + credential("unleased-id", "agents", "ttl-only");
  }

  private static String destination(String name, int target, String more) {
    return """
      %s:
        url: https://localhost:%d
        environment: test
        addresses: [127.0.0.0/8, "::1"]
        tls: {ca: 'file:${folder}/upstream-ca.pem'}
        allow: [{methods: [GET], paths: ["/%s"]}]
        %s
    """
        .formatted(name, target, name, more);
  }

  private static String credential(String name, String role, String revocability) {
    return """
      %s:
        vault: {write: pki/issue/%s, data: {common_name: %s, private_key_format: pkcs8, ttl: 5m}}
        inject: {mtls: {}}
        ttl: 5m
        revocability: %s
        owner: platform-team
        classification: internal
    """
        .formatted(name, role, NAME, revocability);
  }

  private static ProxyCall.Answer call(OpenedTask task, String destination) {
    int target = destination.equals("own") ? spiffePort : port;
    return new ProxyCall("GET", "http://localhost:" + target + "/" + destination)
        .as(task)
        .send(rig.proxyPort());
  }

  @Test
  void leasedCertificateIsShownAndRevokedWhenItsTaskEnds() {
    OpenedTask task = rig.agent().open("restock");

    // When
    ProxyCall.Answer answer = call(task, "leased");

    // Then the target has seen the certificate that was made for this task
    assertEquals(200, answer.status(), answer.body());
    assertTrue(answer.body().contains(NAME), answer.body());
    List<String> serials =
        TESTBED.vaultAdmin().list("pki/certs").orThrow().data().getJsonArray("keys").stream()
            .map(String.class::cast)
            .toList();
    JsonObject report = rig.agent().end(task, "completed");
    assertEquals("complete", report.getString("proof"), report.encode());
    assertEquals(1, report.getInteger("proven_vault"), report.encode());
    assertTrue(
        serials.stream()
            .anyMatch(
                serial ->
                    TESTBED
                            .vaultAdmin()
                            .read("pki/cert/" + serial)
                            .orThrow()
                            .data()
                            .getLong("revocation_time", 0L)
                        > 0),
        "none of " + serials + " is revoked");
  }

  @Test
  void certificateWithoutALeaseIsToldOfAsWhatLivesOn() {
    OpenedTask task = rig.agent().open("restock");
    assertEquals(200, call(task, "unleased").status());
    JsonObject report = rig.agent().end(task, "completed");
    assertEquals("residual", report.getString("proof"), report.encode());
    assertEquals(
        "unleased-id",
        report.getJsonArray("residual").getJsonObject(0).getString("credential"),
        report.encode());
  }

  @Test
  void destinationWithoutOneShowsNothing() {
    OpenedTask task = rig.agent().open("restock");
    Refusals before = rig.refusals();
    ProxyCall.Answer answer = call(task, "nothing");
    assertEquals("upstream-tls", answer.problem(), answer.body());
    before.assertTold("upstream-tls");
    rig.agent().end(task, "completed");
  }

  @Test
  void exampleShowsWhatIsMadeForTheTaskAndItsOwnSvid() {
    String spiffeId = "spiffe://example.org/leasehold/client-certificates";
    try (Rig its = new Rig(TESTBED, spiffeId)) {
      String trusted = "\n    tls: {ca: 'file:" + its.folder() + "/upstream-ca.pem'}";
      Example example =
          new Example("client-certificates", TESTBED, its)
              .put(
                  "audit: {stdout: true}",
                  """
                  audit: {file: '%1$s/log/audit.jsonl'}
                  runtime-dir: %1$s/run
                  state-dir: %1$s/state
                  listen: {proxy: '127.0.0.1:%2$d', admin: '127.0.0.1:%3$d'}\
                  """
                      .formatted(its.folder(), its.proxyPort(), its.adminPort()))
              .put("https://partner.internal", "https://localhost:" + port + trusted)
              .put("https://inventory.internal", "https://localhost:" + spiffePort + trusted);
      example.start();
      OpenedTask task = example.open("report", "a test");
      for (var wanted :
          Map.of(port + "/v2/stock", "report.agents.example", spiffePort + "/items/1", spiffeId)
              .entrySet()) {
        ProxyCall.Answer answer =
            new ProxyCall("GET", "http://localhost:" + wanted.getKey())
                .as(task)
                .send(its.proxyPort());
        assertEquals(200, answer.status(), answer.body());
        assertTrue(answer.body().contains(wanted.getValue()), answer.body());
      }
      assertEquals("residual", Curl.end(its, its.uids().agent(), task).getString("proof"));
    }
  }

  @Test
  void sidecarsOwnSvidIsShownWhereTheDestinationSaysSo() {
    OpenedTask task = rig.agent().open("restock");
    ProxyCall.Answer answer = call(task, "own");
    assertEquals(200, answer.status(), answer.body());
    assertTrue(answer.body().contains(rig.spiffeId()), answer.body());
    rig.agent().end(task, "completed");
  }
}
