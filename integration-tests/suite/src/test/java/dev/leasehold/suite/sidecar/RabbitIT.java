package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A foreign API with users of its own: RabbitMQ's management API, by Vault's {@code rabbitmq/}. */
class RabbitIT {
  private static final Testbed TESTBED = SharedTestbed.get();
  private static Rig rig;

  @BeforeAll
  static void start() {
    assumeTrue(SharedTestbed.hasRabbit(), "RabbitMQ is not installed and has no stand-in");
    rig =
        new Rig(TESTBED)
            .secretFile("verifier.password", TESTBED.rabbit().adminPassword())
            .rules(
                """
                tasks:
                  restock:
                    agents: ["%s", "%s"]
                    ttl: 5m
                    vault: {role: "leasehold-${rig}-restock"}
                    destinations: [broker-api]
                destinations:
                  broker-api:
                    url: %s
                    environment: test
                    addresses: [127.0.0.0/8]
                    allow:
                      - {methods: [GET], paths: ["/api/overview", "/api/whoami"]}
                      - {methods: [POST], paths: ["/api/exchanges/*/amq.default/publish"]}
                    deny:
                      - {paths: ["/api/users/**", "/api/permissions/**"]}
                    encoded-slash: true
                    credential: rabbit
                credentials:
                  rabbit:
                    vault: {read: rabbitmq/creds/%s}
                    inject: {basic: {username: "{username}", password: "{password}"}}
                    revocability: hard
                    owner: payments-team
                    classification: internal
                    verify:
                      rabbitmq: {url: %s, username: %s, password: "file:${folder}/verifier.password"}
                """
                    .formatted(
                        Rig.AGENT,
                        Rig.NEIGHBOUR,
                        TESTBED.rabbit().management(),
                        VaultMounts.RABBIT_ROLE,
                        TESTBED.rabbit().management(),
                        TESTBED.rabbit().adminUser()))
            .start();
  }

  @AfterAll
  static void stop() {
    if (rig != null) {
      rig.close();
    }
  }

  private static ProxyCall api(OpenedTask task, String method, String path) {
    return new ProxyCall(method, TESTBED.rabbit().management().resolve(path).toString()).as(task);
  }

  @Test
  void theUserThatVaultMadeAtRabbitIsGoneAfterTheTask() {
    List<String> before = TESTBED.rabbit().users();
    OpenedTask task = rig.agent().open("restock");
    ProxyCall.Answer whoami = api(task, "GET", "/api/whoami").send(rig.proxyPort());
    assertEquals(200, whoami.status(), whoami.body());
    String user = new JsonObject(whoami.body()).getString("name");
    assertFalse(before.contains(user));
    assertTrue(TESTBED.rabbit().users().contains(user));

    JsonObject report = rig.agent().end(task, "completed");

    assertEquals("complete", report.getString("proof"), report.encode());
    assertEquals(1, report.getInteger("proven_vault"));
    assertEquals(1, report.getInteger("proven_target"));
    assertEquals(before, TESTBED.rabbit().users());
    assertEquals(
        List.of(), TESTBED.vaultAdmin().leases("rabbitmq/creds/" + VaultMounts.RABBIT_ROLE));
  }

  @Test
  void anAllowedPublishPassesAndAPathThatMakesUsersDoesNot() {
    OpenedTask task = rig.agent().open("restock");
    JsonObject message =
        new JsonObject()
            .put("properties", new JsonObject())
            .put("routing_key", "nowhere")
            .put("payload", "one anvil")
            .put("payload_encoding", "string");
    ProxyCall.Answer published =
        api(task, "POST", "/api/exchanges/%2F/amq.default/publish")
            .header("Content-Type", "application/json")
            .body(message.encode())
            .send(rig.proxyPort());
    assertEquals(200, published.status(), published.body());

    ProxyCall.Answer denied =
        api(task, "PUT", "/api/users/mallory")
            .header("Content-Type", "application/json")
            .body(new JsonObject().put("password", "x").put("tags", new JsonArray()).encode())
            .send(rig.proxyPort());
    assertEquals(403, denied.status());
    assertEquals("rule-denied", denied.problem());
    assertFalse(TESTBED.rabbit().users().contains("mallory"));
    rig.agent().end(task, "completed");
  }
}
