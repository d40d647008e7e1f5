package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.postgres.DemoDatabase;
import dev.leasehold.testbed.postgres.PostgresServer;
import dev.leasehold.testbed.target.DemoApi;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * {@code config-examples/vault-and-spire}, served: login by JWT-SVID, everything over TLS, and both
 * targets asked by accounts that may only look.
 */
class VaultAndSpireExampleIT {
  private static final Testbed TESTBED = SharedTestbed.get();

  /** Where nobody listens; the file names a broker even where there is none. */
  private static final String NO_BROKER = "https://127.0.0.1:1";

  private static DemoApi api;
  private static Rig rig;
  private static Example example;

  @BeforeAll
  static void start() throws IOException {
    api = DemoApi.start(TESTBED.database(), TESTBED.ca().leaf("localhost"));
    rig = new Rig(TESTBED, "spiffe://example.org/leasehold/buyer");
    for (String authority : List.of("rabbit-ca.pem", "orders-ca.pem", "db-ca.pem")) {
      Files.writeString(rig.folder().resolve(authority), TESTBED.ca().pem());
    }
    example =
        new Example("vault-and-spire", TESTBED, rig)
            .put("127.0.0.1:15080", "127.0.0.1:" + rig.proxyPort())
            .put("0.0.0.0:15090", "127.0.0.1:" + rig.adminPort())
            .put("runtime-dir: /run/leasehold", "runtime-dir: " + rig.folder().resolve("run"))
            .put("/var/lib/leasehold", rig.folder().resolve("state").toString())
            .put("/var/log/leasehold/audit.jsonl", rig.auditFile().toString())
            .put("https://orders.internal", api.address().toString())
            .put("postgresql://db.internal:5432/orders", observedDatabase())
            .put("https://rabbit.internal:15671", observedBroker());
    example.start();
  }

  @AfterAll
  static void stop() {
    rig.close();
    api.close();
  }

  private static String observedDatabase() {
    PostgresServer server = TESTBED.database().server();
    server.offerTls(TESTBED.ca().leaf(server.host()));
    String password = UUID.randomUUID().toString();
    rig.secretFile("db-verifier.password", password);
    TESTBED.database().addObserver("leasehold_verifier", password);
    return "postgresql://" + server.host() + ":" + server.port() + "/" + DemoDatabase.NAME;
  }

  private static String observedBroker() {
    String password = UUID.randomUUID().toString();
    rig.secretFile("rabbit-verifier.password", password);
    if (SharedTestbed.hasRabbit()) {
      TESTBED.rabbit().addUser("leasehold-verifier", password, "administrator");
    }
    return brokerUrl();
  }

  private static String brokerUrl() {
    return SharedTestbed.hasRabbit() ? TESTBED.rabbit().secureManagement().toString() : NO_BROKER;
  }

  private static ProxyCall broker(OpenedTask task, String method, String path) {
    return new ProxyCall(method, brokerUrl() + path).as(task);
  }

  @Test
  void aReportReadsOrdersWithAUserThatTheDatabaseSaysIsGoneAfterwards() {
    example.assertOrdersAreReadByAUserOfTheTasksOwn(api, VaultMounts.READING_DATABASE_ROLE, 1);
  }

  @Test
  void aRestockPublishesWithAUserThatTheBrokerSaysIsGoneAfterwards() {
    assumeTrue(SharedTestbed.hasRabbit(), "RabbitMQ is not installed and has no stand-in");
    // Given
    List<String> before = TESTBED.rabbit().users();
    OpenedTask task = example.open("restock", "nightly restock");
    JsonObject message =
        new JsonObject()
            .put("properties", new JsonObject())
            .put("routing_key", "nowhere")
            .put("payload", "one anvil")
            .put("payload_encoding", "string");

    // When
    ProxyCall.Answer published =
        broker(task, "POST", "/api/exchanges/%2F/amq.default/publish")
            .header("Content-Type", "application/json")
            .body(message.encode())
            .send(rig.proxyPort());
    ProxyCall.Answer users =
        broker(task, "GET", "/api/users/" + TESTBED.rabbit().adminUser()).send(rig.proxyPort());

    // Then
    assertEquals(200, published.status(), published.body());
    assertEquals("rule-denied", users.problem(), users.body());
    assertEquals(before.size() + 1, TESTBED.rabbit().users().size(), "one user made by Vault");
    example.assertEndIsProven(task, 1);
    assertEquals(before, TESTBED.rabbit().users());
  }

  @Test
  void aReportMayNotUseTheBroker() {
    OpenedTask task = example.open("report", "a test");
    ProxyCall.Answer answer = broker(task, "GET", "/api/overview").send(rig.proxyPort());
    assertEquals("destination-not-allowed", answer.problem(), answer.body());
  }

  @Test
  void aPurposeThatIsNotListedOpensNothing() {
    JsonObject request = new JsonObject().put("kind", "restock").put("purpose", "a test");
    Curl.Got got = Curl.control(rig, rig.uids().agent(), "POST", "/v1/tasks", request);
    assertEquals(403, got.status(), got.body());
  }
}
