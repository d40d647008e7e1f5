package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.server.FreePorts;
import dev.leasehold.testbed.sidecar.Ran;
import dev.leasehold.testbed.target.DemoApi;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The commands of the task API, over its loopback address with the token files of two callers. */
class CommandsIT {
  private static final Testbed TESTBED = SharedTestbed.get();
  private DemoApi api;
  private Rig rig;

  @BeforeEach
  void start() {
    api = DemoApi.start(TESTBED.database());
    rig = new Rig(TESTBED).rules(OrdersRules.of(api.address(), VaultMounts.DATABASE_ROLE)).start();
  }

  @AfterEach
  void stop() {
    rig.close();
    api.close();
  }

  /** A command with a caller's token file; what it prints must tell no secret. */
  private Ran as(String caller, String... words) {
    List<String> command = new ArrayList<>(List.of(words));
    command.addAll(List.of("--control", "http://127.0.0.1:" + rig.controlPort()));
    command.addAll(List.of("--token-file", rig.folder().resolve(caller + ".token").toString()));
    return rig.leasehold(Map.of(), command.toArray(String[]::new));
  }

  private Ran open(String purpose) {
    return as("agent", "task", "open", "--json", "--task", "restock", "--purpose", purpose);
  }

  private OpenedTask opened(Ran ran) {
    OpenedTask task = new OpenedTask(new JsonObject(ran.orThrow().out()));
    rig.secrets().know("token of task " + task.id(), task.token());
    return task;
  }

  private void assertTellsNoSecret(Ran ran) {
    rig.secrets().assertAbsentFrom("what a command printed", ran.out() + ran.err());
  }

  @Test
  void anOperatorSeesAndEndsATaskThatAnAgentOpened() {
    // Given a task with a lease
    OpenedTask task = opened(open("by hand"));
    ProxyCall call = new ProxyCall("GET", api.address() + "/orders").as(task);
    assertEquals(200, call.send(rig.proxyPort()).status());
    rig.lastCredential(api);

    // When
    Ran list = as("operator", "task", "list").orThrow();
    Ran show = as("operator", "task", "show", task.id()).orThrow();
    Ran end = as("operator", "task", "end", task.id(), "--type", "cancelled", "--wait", "30s");

    // Then
    assertTrue(list.out().contains(task.id()), list.out());
    assertTrue(list.out().contains("by hand"), list.out());
    assertTrue(show.out().contains("orders-db"), show.out());
    assertEquals(0, end.status(), end.err());
    assertTrue(end.out().contains("done (cancelled), proof complete: leases 1"), end.out());
    List.of(list, show, end).forEach(this::assertTellsNoSecret);
    assertEquals(
        List.of(), TESTBED.vaultAdmin().leases("database/creds/" + VaultMounts.DATABASE_ROLE));
  }

  @Test
  void whatOpenPrintsMakesAShellTheTasksOwn() {
    // Given
    Ran open = as("agent", "task", "open", "--task", "restock", "--purpose", "it's by hand");
    String leasehold = rig.distribution().home().resolve("bin/leasehold").toString();
    String script = open.orThrow().out() + "exec /bin/sh " + leasehold + " task end --wait 30s";

    // When
    Ran end = Ran.command(List.of("sh", "-c", script), Map.of());

    // Then
    assertEquals(0, end.status(), end.err());
    assertTrue(end.out().contains("done (completed)"), end.out());
  }

  @Test
  void theKillSwitchLocksUntilAnOperatorUnlocks() {
    // Given
    OpenedTask task = opened(open("before"));

    // When
    Ran locked = as("operator", "revoke-all", "--reason", "a leaked laptop");

    // Then
    assertEquals(0, locked.status(), locked.err());
    assertTrue(locked.out().startsWith("locked: "), locked.out());
    Ran refused = open("meanwhile");
    assertEquals(69, refused.status(), refused.out());
    assertTrue(refused.err().contains("503 locked"), refused.err());
    Await.until(
        "the task is ended",
        () -> as("operator", "task", "show", "--json", task.id()).out().contains("\"revoked\""));

    Ran unlocked = as("operator", "unlock").orThrow();
    assertTrue(unlocked.out().startsWith("not locked"), unlocked.out());
    Await.until("ready again", () -> Admin.get(rig, "/readyz").statusCode() == 200);
    assertEquals(
        "complete", rig.agent().end(opened(open("after")), "completed").getString("proof"));
  }

  @Test
  void anOpenersTokenIsNoOperators() {
    for (List<String> words :
        List.of(List.of("revoke-all", "--reason", "mischief"), List.of("unlock"))) {
      Ran ran = as("agent", words.toArray(String[]::new));
      assertEquals(1, ran.status(), ran.out());
      assertTrue(ran.err().contains("403 forbidden"), ran.err());
    }
    assertEquals("active", rig.agent().view(opened(open("still"))).getString("state"));
  }

  @Test
  void whoeverIsUnknownOrCallsWhereNobodyListensIsTold() {
    rig.secretFile("other.token", "a-token-of-nobody");
    Ran unknown = as("other", "task", "list");
    assertEquals(1, unknown.status(), unknown.out());
    assertTrue(unknown.err().contains("401 unauthorized"), unknown.err());
    assertTellsNoSecret(unknown);
    Ran nobody =
        rig.leasehold(
            Map.of("LEASEHOLD_CONTROL", "http://127.0.0.1:" + FreePorts.next()), "task", "list");
    assertEquals(69, nobody.status(), nobody.out());
    assertTrue(nobody.err().contains("nobody listens"), nobody.err());
  }
}
