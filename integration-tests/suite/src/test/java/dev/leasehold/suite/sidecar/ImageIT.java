package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.server.Setting;
import dev.leasehold.testbed.sidecar.Distribution;
import dev.leasehold.testbed.sidecar.Ran;
import dev.leasehold.testbed.target.DemoApi;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The OCI image that {@code sidecar-image/build} makes, started once, with all that can be taken
 * away.
 */
class ImageIT {
  private static final Testbed TESTBED = SharedTestbed.get();
  private static final int IMAGE_UID = 65532;
  private static final String NAME = "leasehold-it-" + UUID.randomUUID();
  private static ContainerEngine engine;
  private static DemoApi api;
  private static Rig rig;

  @BeforeAll
  static void start() {
    Optional<ContainerEngine> found = ContainerEngine.find();
    boolean canRun = found.isPresent() && Account.uid() == 0;
    assertTrue(
        canRun || Setting.realDemandedBy().isEmpty(),
        "the image must be tried here, which needs Docker or Podman, and root");
    assumeTrue(canRun, "the image is not tried: that needs Docker or Podman, and root");
    engine = found.orElseThrow();
    api = DemoApi.start(TESTBED.database(), TESTBED.ca().leaf("localhost"));
    rig =
        new Rig(TESTBED, "spiffe://example.org/leasehold/image", Uids.withSidecar(IMAGE_UID))
            .rules(OrdersRules.of(api.address(), VaultMounts.DATABASE_ROLE));
    // Of the jars that Maven has just laid out, which other tests are running from.
    Path build = Distribution.project().resolve("sidecar-image").resolve("build");
    String laidOut = rig.distribution().home().toString();
    Ran.command(List.of(build.toString(), "--tag", NAME, "--of", laidOut), engine.environment())
        .orThrow();
    rig.setUpVault().serveBy(engine.command(run()), engine.environment()).awaitReady();
  }

  private static List<String> run() {
    Path folder = rig.folder();
    Path workloadApi = Path.of(TESTBED.identity().workloadApi().getPath());
    List<String> run = new ArrayList<>(List.of("run", "--rm", "--name", NAME, "--network=host"));
    run.addAll(List.of("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges"));
    run.addAll(List.of("-v", workloadApi.getParent() + ":" + workloadApi.getParent()));
    run.addAll(List.of("-v", folder + ":" + folder + ":ro"));
    for (String written : List.of("run", "state", "log")) {
      run.addAll(List.of("-v", folder.resolve(written) + ":" + folder.resolve(written)));
    }
    // The folder among the arguments has the testbed's death watch end the container as well.
    run.addAll(List.of(NAME, "serve", "--config", rig.config().toString()));
    return run;
  }

  @AfterAll
  static void stop() {
    if (rig == null) {
      return;
    }
    try {
      assertEquals(0, rig.sidecar().stop(), "status after SIGTERM");
      rig.close();
    } finally {
      engine.run("rm", "-f", NAME);
      engine.run("rmi", "-f", NAME);
      api.close();
    }
  }

  private static JsonObject inspected(String... what) {
    return new JsonArray(engine.run(what).orThrow().out()).getJsonObject(0);
  }

  @Test
  void itLeasesACredentialAndProvesItDead() {
    // Given
    OpenedTask task = rig.agent().open("restock");
    String url = "http://localhost:" + api.address().getPort() + "/orders";

    // When
    ProxyCall.Answer answer = new ProxyCall("GET", url).as(task).send(rig.proxyPort());

    // Then
    assertEquals(200, answer.status(), answer.body());
    String user = rig.lastCredential(api).user();
    assertTrue(TESTBED.database().leasedUsers().contains(user));
    JsonObject report = rig.agent().end(task, "completed");
    assertEquals("complete", report.getString("proof"), report.encode());
    assertEquals(1, report.getInteger("proven_vault"), report.encode());
  }

  @Test
  void aPortOfATasksOwnKnowsItsAgentByUid() {
    int agent = rig.uids().agent();
    OpenedTask task = Curl.open(rig, agent, "orders-api");
    String url = task.endpoint("orders-api") + "/orders";
    assertEquals(200, Curl.as(agent, url).status());
    rig.lastCredential(api);
    assertEquals(403, Curl.as(rig.uids().stranger(), url).status());
    assertEquals("complete", Curl.end(rig, agent, task).getString("proof"));
  }

  @Test
  void itsProcessIsNotRootAndHasNoCapability() throws IOException {
    int pid = inspected("inspect", NAME).getJsonObject("State").getInteger("Pid");
    List<String> status = Files.readAllLines(Path.of("/proc/" + pid + "/status"));
    String uid = Integer.toString(IMAGE_UID);
    assertTrue(
        status.contains("Uid:\t" + String.join("\t", uid, uid, uid, uid)), status.toString());
    assertTrue(status.contains("CapEff:\t0000000000000000"), status.toString());
  }

  @Test
  void nothingInItIsAShell() {
    Ran listed =
        Ran.command(
            List.of("sh", "-c", engine.program() + " export " + NAME + " | tar t"),
            engine.environment());
    List<String> files = listed.orThrow().out().lines().toList();
    assertTrue(files.contains("opt/leasehold/runtime/bin/java"), files.toString());
    List<String> shells =
        files.stream()
            .filter(file -> file.matches("(.*/)?(\\w*sh|busybox|toybox|perl|python[0-9.]*)"))
            .toList();
    assertEquals(List.of(), shells);
  }

  @Test
  void theImageSaysWhatItIsAndRunsAsItsOwnUserByItself() {
    JsonObject config = inspected("image", "inspect", NAME).getJsonObject("Config");
    JsonObject labels = config.getJsonObject("Labels");
    assertEquals("65532:65532", config.getString("User"));
    assertEquals(
        new JsonArray(List.of("serve", "--config", "/etc/leasehold/config.yaml")),
        config.getJsonArray("Cmd"));
    assertEquals("leasehold", labels.getString("org.opencontainers.image.title"));
    assertEquals("Apache-2.0", labels.getString("org.opencontainers.image.licenses"));
    String version = labels.getString("org.opencontainers.image.version");
    assertTrue(rig.leasehold(Map.of(), "version").out().contains("leasehold " + version), version);
    assertTrue(
        labels.getString("org.opencontainers.image.revision").matches("[0-9a-f]{40}|unknown"));
  }
}
