package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.target.DemoApi;
import dev.leasehold.testbed.vault.listener.Fault;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Vault in every state in which it is of no use, and nothing that it made is left. */
class VaultFaultsIT {
  private static final String CREDS = "database/creds/";
  private static final String PATH = CREDS + VaultMounts.DATABASE_ROLE;
  private static EmbeddedTestbed servers;
  private static DemoApi api;
  private Rig rig;

  @BeforeAll
  static void startServers() {
    servers = new EmbeddedTestbed();
    api = DemoApi.start(servers.testbed().database());
  }

  @AfterAll
  static void stopServers() {
    api.close();
    servers.close();
  }

  @BeforeEach
  void configure() {
    rig =
        new Rig(servers.testbed())
            .heartbeat(Duration.ofSeconds(60))
            .rules(OrdersRules.of(api.address(), VaultMounts.DATABASE_ROLE));
  }

  @AfterEach
  void nothingIsLeft() {
    servers.vault().faults().clear();
    rig.close();
    Await.until(
        "no lease and no role is left",
        () ->
            servers.testbed().vaultAdmin().leases(PATH).isEmpty()
                && servers.testbed().database().leasedUsers().isEmpty());
  }

  private ProxyCall orders(OpenedTask task) {
    return new ProxyCall("GET", api.address() + "/orders").as(task);
  }

  static List<Fault> refusals() {
    return List.of(
        new Fault.Answer(403, Map.of(), List.of("permission denied")),
        new Fault.Answer(429, Map.of("Retry-After", "1"), List.of("rate limit quota exceeded")),
        new Fault.Answer(500, Map.of(), List.of("internal error")),
        new Fault.Answer(503, Map.of(), List.of("Vault is sealed")),
        new Fault.CutAnswer(),
        new Fault.LoseAnswer());
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void aReadThatFailsIsToldAndCountedAndLeavesNoLease(Fault fault) {
    rig.start();
    servers.vault().faults().on(CREDS, fault);
    int reached = api.requests().size();
    Refusals before = rig.refusals();
    OpenedTask task = rig.agent().open("restock");

    ProxyCall.Answer answer = orders(task).send(rig.proxyPort());

    assertEquals(503, answer.status(), answer.body());
    assertEquals("vault-unavailable", answer.problem());
    assertTrue(answer.headers().containsKey("retry-after"), answer.headers().toString());
    assertTrue(answer.header("proxy-status").startsWith("leasehold"), answer.toString());
    assertEquals(reached, api.requests().size());
    before.assertTold("vault-unavailable");

    servers.vault().faults().clear();
    JsonObject report = rig.agent().signal(task, "failed").body();
    assertEquals("failed", report.getString("signal"));
    assertNoLease();
    abandon();
  }

  /** What is to be seen was seen; what may be unproven would only delay its end. */
  private void abandon() {
    rig.sidecar().kill();
  }

  @Test
  void anAnswerThatComesAfterTheFenceIsRevoked() {
    rig.start();
    CountDownLatch release = servers.vault().faults().holdNext(CREDS);
    OpenedTask task = rig.agent().open("restock");
    Refusals before = rig.refusals();
    CompletableFuture<ProxyCall.Answer> call =
        CompletableFuture.supplyAsync(() -> orders(task).send(rig.proxyPort()));
    Await.until(
        "Vault made the lease", () -> !servers.testbed().database().leasedUsers().isEmpty());

    // When the task ends while the answer is on its way
    rig.agent().signal(task, "cancelled").expect(202);
    release.countDown();

    // Then the agent is refused, and the lease dies
    assertEquals("task-ended", call.join().problem());
    before.assertTold("task-ended");
    JsonObject report = rig.agent().end(task, "completed");
    assertEquals("cancelled", report.getString("signal"), "the first signal wins");
    assertEquals("complete", report.getString("proof"), report.encode());
    assertEquals(List.of(), servers.testbed().vaultAdmin().leases(PATH));
  }

  @Test
  void aSlowVaultIsWaitedForAsLongAsACallMayTake() {
    rig.start();
    servers.vault().faults().next(1, CREDS, new Fault.Slow(Duration.ofSeconds(3)));
    OpenedTask task = rig.agent().open("restock");
    assertEquals(200, orders(task).send(rig.proxyPort()).status());
    rig.lastCredential(api);
    assertEquals("complete", rig.agent().end(task, "completed").getString("proof"));
    assertNoLease();
  }

  private static void assertNoLease() {
    Await.until("no lease is left", () -> servers.testbed().vaultAdmin().leases(PATH).isEmpty());
  }

  @Test
  void aVaultThatNeverAnswersIsGivenUpAndTheReadCountsAsUnproven() {
    rig.start();
    servers.vault().faults().next(1, CREDS, new Fault.NeverAnswer());
    OpenedTask task = rig.agent().open("restock");
    Refusals before = rig.refusals();
    ProxyCall.Answer answer = orders(task).send(rig.proxyPort());
    assertEquals("vault-unavailable", answer.problem(), answer.body());
    before.assertTold("vault-unavailable");
    rig.agent().signal(task, "failed");
    Await.until(
        "the read is shown as unanswered",
        () -> Admin.metric(rig, "leasehold_reads_unanswered{revocability=\"hard\"}") == 1);
    JsonObject view = rig.agent().view(task);
    assertFalse("done".equals(view.getString("state")), view.encode());
    assertNoLease();
    abandon();
  }

  @Test
  void withoutVaultNothingIsReadyAndItBecomesReadyWhenVaultComes() {
    rig.setUpVault();
    servers.vault().stop();
    try {
      rig.serve();
      Admin.awaitAnswer(rig);
      Await.until(
          "Vault alone is missing",
          () -> Admin.get(rig, "/readyz").body().contains("\"identity\":{\"ok\":true"));
      assertEquals(503, Admin.get(rig, "/readyz").statusCode());
      assertTrue(Admin.get(rig, "/readyz").body().contains("\"vault\":{\"ok\":false"));
      Refusals before = rig.refusals();
      ControlClient.Answer refused =
          rig.agent()
              .call(
                  "POST",
                  "/v1/tasks",
                  new JsonObject().put("kind", "restock").put("purpose", "too early"));
      assertEquals(503, refused.status());
      assertEquals("urn:leasehold:problem:vault-unavailable", refused.body().getString("type"));
      before.assertTold("vault-unavailable");
    } finally {
      servers.vault().restart();
    }
    rig.awaitReady();
    assertEquals(200, Admin.get(rig, "/readyz").statusCode());
  }

  @Test
  void aSealedVaultLeavesWhatIsRunningAndProvesItsEndOnceUnsealed() {
    rig.start();
    OpenedTask task = rig.agent().open("restock");
    assertEquals(200, orders(task).send(rig.proxyPort()).status());
    rig.lastCredential(api);
    servers.vault().seal();
    try {
      rig.agent().signal(task, "completed").expect(202);
      ProxyCall.Answer answer = orders(task).send(rig.proxyPort());
      assertEquals("task-ended", answer.problem(), "the fence does not wait for Vault");
    } finally {
      servers.vault().unseal();
    }
    JsonObject report = rig.agent().end(task, "completed");
    assertEquals("complete", report.getString("proof"), report.encode());
  }

  @Test
  void aLoginWithWiderPoliciesThanExpectedIsRefusedAndRevoked() {
    rig.setUpVault();
    String role = "auth/cert/certs/leasehold-" + rig.name();
    JsonObject settings = servers.testbed().vaultAdmin().read(role).orThrow().data();
    JsonArray policies = settings.getJsonArray("token_policies").copy().add("everything");
    servers
        .testbed()
        .vaultAdmin()
        .write(role, settings.copy().put("token_policies", policies))
        .orThrow();
    rig.serve();
    Admin.awaitAnswer(rig);
    Await.until(
        "the reason is told", () -> Admin.get(rig, "/readyz").body().contains("everything"));
    assertEquals(503, Admin.get(rig, "/readyz").statusCode());
    assertTrue(
        servers.vault().calls().stream().anyMatch(call -> call.path().endsWith("revoke-self")));
  }
}
