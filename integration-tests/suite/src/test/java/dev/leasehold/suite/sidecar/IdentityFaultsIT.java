package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.spiffe.EmbeddedTrustDomain.Behaviour;
import dev.leasehold.testbed.target.DemoApi;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Workload API in every state in which it is of no use, and in motion. */
class IdentityFaultsIT {
  private static EmbeddedTestbed servers;
  private static DemoApi api;
  private Rig rig;
  private long loginsBefore;

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
    loginsBefore = logins();
    rig =
        new Rig(servers.testbed())
            .rules(OrdersRules.of(api.address(), VaultMounts.DATABASE_ROLE))
            .setUpVault();
  }

  @AfterEach
  void nothingIsLeft() {
    servers.identity().behave(Behaviour.NORMAL);
    servers.identity().delay(Duration.ZERO);
    rig.close();
    assertEquals(
        List.of(),
        servers.testbed().vaultAdmin().leases("database/creds/" + VaultMounts.DATABASE_ROLE));
  }

  private String ready() {
    return Admin.get(rig, "/readyz").body();
  }

  private ProxyCall.Answer orders(OpenedTask task) {
    ProxyCall.Answer answer =
        new ProxyCall("GET", api.address() + "/orders").as(task).send(rig.proxyPort());
    if (answer.status() == 200) {
      rig.lastCredential(api);
    }
    return answer;
  }

  @Test
  void anAbsentWorkloadApiIsWaitedForAndNamed() {
    servers.identity().stop();
    rig.serve();
    Admin.awaitAnswer(rig);
    Await.until("what is waited for is named", () -> ready().contains("Workload API"));
    assertEquals(503, Admin.get(rig, "/readyz").statusCode());
    servers.identity().restart();
    rig.awaitReady();
  }

  @Test
  void aFolderForTemporaryFilesThatCannotBeUsedIsNamed() {
    // A folder that is there and takes no file; for one that is not, /tmp would be taken.
    rig.serveByJava(List.of("-Djava.io.tmpdir=/proc"));
    Admin.awaitAnswer(rig);
    Await.until("the reason is told", () -> ready().contains("folder for temporary files"));
    assertEquals(503, Admin.get(rig, "/readyz").statusCode());
  }

  @Test
  void aSlowWorkloadApiIsWaitedFor() {
    servers.identity().delay(Duration.ofSeconds(2));
    rig.serve().awaitReady();
    assertEquals(200, Admin.get(rig, "/readyz").statusCode());
  }

  @Test
  void anExpiredSvidIsNoIdentity() {
    servers.identity().behave(Behaviour.EXPIRED);
    rig.serve();
    Admin.awaitAnswer(rig);
    Await.until("the reason is told", () -> ready().contains("expired"));
    Refusals before = rig.refusals();
    ControlClient.Answer refused =
        rig.agent()
            .call(
                "POST",
                "/v1/tasks",
                new JsonObject().put("kind", "restock").put("purpose", "without identity"));
    assertEquals(503, refused.status());
    assertEquals("urn:leasehold:problem:identity-unavailable", refused.body().getString("type"));
    before.assertTold("identity-unavailable");
    servers.identity().behave(Behaviour.NORMAL);
    rig.awaitReady();
  }

  @Test
  void anIdentityThatIsWithdrawnFailsClosed() {
    rig.serve().awaitReady();
    servers.identity().behave(Behaviour.NO_IDENTITY);
    Await.until("it is not ready", () -> Admin.get(rig, "/readyz").statusCode() == 503);
    assertTrue(ready().contains("identity"), ready());
    servers.identity().behave(Behaviour.NORMAL);
    Await.until("it is ready again", () -> Admin.get(rig, "/readyz").statusCode() == 200);
  }

  @Test
  void aRotationInTheMiddleOfATaskDisturbsNeitherTheTaskNorItsEnd() {
    rig.serve().awaitReady();
    OpenedTask task = rig.agent().open("restock");
    assertEquals(200, orders(task).status());

    servers.identity().rotate();
    Await.until("a second login", () -> logins() - loginsBefore >= 2);

    assertEquals(200, orders(task).status(), "the old generation's task goes on");
    OpenedTask next = rig.agent().open("restock");
    assertEquals(200, orders(next).status());
    assertEquals("complete", rig.agent().end(task, "completed").getString("proof"));
    assertEquals("complete", rig.agent().end(next, "completed").getString("proof"));
  }

  private long logins() {
    return servers.vault().calls().stream()
        .filter(call -> call.path().equals("auth/cert/login") && !call.failed())
        .count();
  }
}
