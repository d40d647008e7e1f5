package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.sidecar.Distribution;
import dev.leasehold.testbed.sidecar.ExampleConfig;
import dev.leasehold.testbed.target.DemoApi;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A configuration of {@code config-examples}, to be served as it is written but for what is this
 * machine's: addresses, folders and uids.
 */
final class Example {
  private final String name;
  private final Testbed testbed;
  private final Rig rig;
  private final Map<String, String> values = new HashMap<>();

  /**
   * @param name its folder's
   * @param rig with the SPIFFE ID that is written in it
   */
  Example(String name, Testbed testbed, Rig rig) {
    this.name = name;
    this.testbed = testbed;
    this.rig = rig;
    put("unix:///run/spire/agent.sock", testbed.identity().workloadApi().toString());
    put("https://vault.internal:8200", testbed.vault().address().toString());
    put("file:/etc/leasehold/", "file:" + rig.folder() + "/");
    put("/run/leasehold/control.sock", rig.controlSocket().toString());
    put("uid: 1001", "uid: " + rig.uids().agent());
    put("10.0.0.0/8", "127.0.0.0/8, \"::1\"");
    if (!rig.uids().areSeparate()) {
      put("control:\n", "control:\n  unsafe-same-uid: true\n");
    }
  }

  Example put(String written, String here) {
    values.put(written, here);
    return this;
  }

  /** Has Vault set up from it, and serves it. */
  void start() {
    rig.example(ExampleConfig.adapt(Distribution.project(), name, values)).start();
  }

  OpenedTask open(String kind, String purpose) {
    return Curl.open(
        rig, rig.uids().agent(), new JsonObject().put("kind", kind).put("purpose", purpose));
  }

  /**
   * Ends the task, whose one lease must be proven dead: in Vault, and where it was used if said so.
   */
  void assertEndIsProven(OpenedTask task, int atTheTarget) {
    JsonObject report = Curl.end(rig, rig.uids().agent(), task);
    assertEquals("complete", report.getString("proof"), report.encode());
    assertEquals(1, report.getInteger("leases"), report.encode());
    assertEquals(1, report.getInteger("proven_vault"), report.encode());
    assertEquals(atTheTarget, report.getInteger("proven_target"), report.encode());
  }

  /** One task of the kind {@code report}, which reads the orders with a user of its own. */
  void assertOrdersAreReadByAUserOfTheTasksOwn(DemoApi api, String role, int provenAtTheTarget) {
    OpenedTask task = open("report", "a test");
    String url = "http://localhost:" + api.address().getPort() + "/orders/today";
    ProxyCall.Answer answer = new ProxyCall("GET", url).as(task).send(rig.proxyPort());
    assertEquals(200, answer.status(), answer.body());
    String user = rig.lastCredential(api).user();
    assertTrue(testbed.database().leasedUsers().contains(user), "made by Vault");

    assertEndIsProven(task, provenAtTheTarget);

    assertFalse(testbed.database().leasedUsers().contains(user), "dropped by Vault");
    assertEquals(List.of(), testbed.vaultAdmin().leases("database/creds/" + role));
  }
}
