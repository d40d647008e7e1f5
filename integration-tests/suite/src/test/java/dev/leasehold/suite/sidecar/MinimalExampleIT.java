package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.target.DemoApi;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code config-examples/minimal}, served. */
class MinimalExampleIT {
  private static final Testbed TESTBED = SharedTestbed.get();
  private static DemoApi api;
  private static Rig rig;
  private static Example example;

  @BeforeAll
  static void start() {
    api = DemoApi.start(TESTBED.database(), TESTBED.ca().leaf("localhost"));
    rig = new Rig(TESTBED, "spiffe://example.org/leasehold/minimal");
    rig.environment(
        Map.of(
            "XDG_RUNTIME_DIR", rig.folder().resolve("run").toString(),
            "XDG_STATE_HOME", rig.folder().resolve("state").toString()));
    example =
        new Example("minimal", TESTBED, rig)
            // The file leaves them out, and the usual ports may be taken.
            .put("audit: {stdout: true}", "audit: {stdout: true}\n" + listenHere())
            // The file trusts the system's authorities, and the test's is none of them.
            .put(
                "https://orders.internal",
                api.address() + "\n    tls: {ca: 'file:" + rig.folder() + "/upstream-ca.pem'}");
    example.start();
  }

  @AfterAll
  static void stop() {
    rig.close();
    api.close();
  }

  private static String listenHere() {
    return "listen: {proxy: '127.0.0.1:%d', admin: '127.0.0.1:%d'}"
        .formatted(rig.proxyPort(), rig.adminPort());
  }

  @Test
  void aReportReadsOrdersWithAUserThatIsProvenDeadAfterwards() {
    example.assertOrdersAreReadByAUserOfTheTasksOwn(api, VaultMounts.DATABASE_ROLE, 0);
    assertTrue(rig.sidecar().output().contains("\"type\":\"task.ended\""), "audit on stdout");
    assertTrue(Files.exists(rig.folder().resolve("state/leasehold/journal")), "its usual folder");
  }

  @Test
  void nobodyButTheOneCallerIsServed() {
    Curl.Got got = Curl.control(rig, rig.uids().stranger(), "GET", "/v1/tasks", new JsonObject());
    assertEquals(rig.uids().areSeparate() ? 401 : 200, got.status(), got.body());
  }
}
