package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.server.Setting;
import dev.leasehold.testbed.sidecar.Ran;
import dev.leasehold.testbed.target.DemoApi;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The audit log on a disk that is really full: a small one, mounted where the sidecar alone sees
 * it.
 */
class FullDiskIT {
  private static final Testbed TESTBED = SharedTestbed.get();
  private static DemoApi api;
  private static Rig rig;

  @BeforeAll
  static void start() {
    boolean canMount = Account.uid() == 0;
    assertTrue(canMount || Setting.realDemandedBy().isEmpty(), "the full disk needs root here");
    assumeTrue(canMount, "no disk is filled: only root may mount a small one");
    api = DemoApi.start(TESTBED.database());
    rig = new Rig(TESTBED).rules(OrdersRules.of(api.address(), VaultMounts.DATABASE_ROLE));
    rig.setUpVault().serveBy(onSmallDisk(), Map.of()).awaitReady();
  }

  /** What the sidecar prints goes to a file that was opened before, so that it is not on it. */
  private static List<String> onSmallDisk() {
    int uid = rig.uids().sidecar();
    String mount =
        "mount -t tmpfs -o size=256k,mode=0700,uid=%d small %s && exec \"$@\""
            .formatted(uid, rig.auditFile().getParent());
    List<String> command = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c", mount, "sh"));
    List<String> serve = List.of("serve", "--config", rig.config().toString());
    command.addAll(rig.distribution().command(uid, serve));
    return command;
  }

  @AfterAll
  static void stop() {
    if (rig != null) {
      rig.close();
      api.close();
    }
  }

  /** A file on the small disk, as the sidecar's own view of the file system shows it. */
  private static Path onTheDisk(String name) {
    Path path = rig.auditFile().resolveSibling(name);
    return Path.of("/proc/" + rig.sidecar().pid() + "/root" + path);
  }

  /** Writes until nothing more fits, to the last byte. */
  private static void fill(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int size = 4096; size > 0; ) {
        try {
          out.write(new byte[size]);
        } catch (IOException full) {
          size /= 2;
        }
      }
    }
  }

  private static ProxyCall.Answer orders(OpenedTask task) {
    return new ProxyCall("GET", api.address() + "/orders").as(task).send(rig.proxyPort());
  }

  @Test
  void nothingIsDoneThatCannotBeWrittenDownAndTheChainGoesOnAfterwards() throws IOException {
    // Given a task that works
    OpenedTask task = rig.agent().open("restock");
    assertEquals(200, orders(task).status());
    rig.lastCredential(api);

    // When the disk is full, and what is left of the log's last page as well
    Path filler = onTheDisk("filler");
    fill(filler);
    Await.until("a call is refused", () -> orders(task).status() != 200);

    // Then
    int reached = api.requests().size();
    ProxyCall.Answer refused = orders(task);
    assertEquals(503, refused.status(), refused.body());
    assertEquals("audit-unavailable", refused.problem());
    assertEquals(reached, api.requests().size(), "nothing has left");
    JsonObject opening = new JsonObject().put("kind", "restock").put("purpose", "a test");
    ControlClient.Answer notOpened = rig.agent().call("POST", "/v1/tasks", opening).expect(503);
    assertEquals("urn:leasehold:problem:audit-unavailable", notOpened.body().getString("type"));
    assertEquals(503, Admin.get(rig, "/readyz").statusCode());
    assertTrue(Admin.metric(rig, "leasehold_denials_total{problem=\"audit-unavailable\"}") >= 1);

    // And when there is room again
    Files.delete(filler);
    Await.until("a call passes", () -> orders(task).status() == 200);
    rig.lastCredential(api);
    assertEquals("complete", rig.agent().end(task, "completed").getString("proof"));

    // Then the log is whole, and says that it was interrupted
    Path kept = rig.folder().resolve("kept.jsonl");
    Files.copy(onTheDisk("audit.jsonl"), kept);
    Ran whole = rig.leasehold(Map.of(), "audit", "verify", kept.toString());
    assertEquals(0, whole.status(), whole.out());
    long continued =
        Files.readAllLines(kept).stream()
            .filter(line -> line.contains("\"type\":\"log.continued\""))
            .count();
    assertTrue(continued >= 2, "at its start, and after the disk was full");
    rig.secrets().assertAbsentFrom(kept);
  }
}
