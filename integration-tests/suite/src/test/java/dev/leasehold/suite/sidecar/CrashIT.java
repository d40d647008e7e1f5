package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.target.DemoApi;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code kill -9} of the sidecar. */
class CrashIT {
  private static final int TASKS = 20;
  private static final String PATH = "database/creds/" + VaultMounts.DATABASE_ROLE;

  private final Testbed testbed = SharedTestbed.get();
  private final DemoApi api = DemoApi.start(testbed.database());
  private final Rig rig =
      new Rig(testbed).rules(OrdersRules.of(api.address(), VaultMounts.DATABASE_ROLE));

  private void liveTasks(Duration heartbeat) {
    rig.heartbeat(heartbeat).start();
    for (int i = 0; i < TASKS; i++) {
      OpenedTask task = rig.agent().open("restock");
      ProxyCall.Answer answer =
          new ProxyCall("GET", api.address() + "/orders").as(task).send(rig.proxyPort());
      assertEquals(200, answer.status(), answer.body());
      rig.lastCredential(api);
    }
    assertEquals(TASKS, testbed.vaultAdmin().leases(PATH).size());
    assertEquals(TASKS, testbed.database().leasedUsers().size());
  }

  @AfterEach
  void stop() {
    rig.close();
    api.close();
  }

  @Test
  void aKilledSidecarLeavesNothingAfterTheHeartbeatsLife() {
    Duration heartbeat = Duration.ofSeconds(10);
    liveTasks(heartbeat);
    rig.sidecar().kill();
    Await.until("all is dead", heartbeat.plusSeconds(10), this::nothingLives);
  }

  @Test
  void theNextLifeEndsWhatTheFormerLeftBeforeItIsReady() {
    liveTasks(Duration.ofMinutes(2)); // so that it is not the heartbeat that ends them
    rig.sidecar().kill();
    rig.serve().awaitReady();
    assertEquals(List.of(), testbed.vaultAdmin().leases(PATH));
    assertEquals(List.of(), testbed.database().leasedUsers());
  }

  private boolean nothingLives() {
    return testbed.vaultAdmin().leases(PATH).isEmpty()
        && testbed.database().leasedUsers().isEmpty();
  }
}
