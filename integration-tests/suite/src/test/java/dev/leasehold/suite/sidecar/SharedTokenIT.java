package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.suite.sidecar.Curl.Got;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.target.DemoApi;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The token of one task in the hands of two users. To give out uids takes root. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SharedTokenIT {
  private static final Testbed TESTBED = SharedTestbed.get();
  private static final Duration SOON = Duration.ofSeconds(20);
  private DemoApi api;

  @BeforeAll
  void start() {
    assumeTrue(Account.uid() == 0, "only root can act as several users");
    api = DemoApi.start(TESTBED.database());
  }

  @AfterAll
  void stop() {
    if (api != null) {
      api.close();
    }
  }

  private Rig rig(String kindKeys) {
    String rules = OrdersRules.of(api.address(), VaultMounts.DATABASE_ROLE);
    String changed = rules.replaceFirst("    ttl: ", "    " + kindKeys + "\n    ttl: ");
    assertTrue(kindKeys.isEmpty() || !changed.equals(rules), rules);
    return new Rig(TESTBED).rules(kindKeys.isEmpty() ? rules : changed).start();
  }

  private Got call(Rig rig, int uid, OpenedTask task) {
    return Curl.as(
        uid,
        "--noproxy",
        "",
        "-x",
        "http://" + task.id() + ":" + task.token() + "@127.0.0.1:" + rig.proxyPort(),
        api.address() + "/orders");
  }

  /** Connections are looked at no more than once a second, so that the thief has to come back. */
  private void callUntil(Rig rig, int uid, OpenedTask task, String word) {
    Await.until(
        word + " in the audit log",
        SOON,
        () -> {
          call(rig, uid, task);
          return rig.audit().contains(word);
        });
  }

  @Test
  void tokenThatTwoUsersUseIsToldOnceAndTheTaskGoesOn() {
    try (Rig rig = rig("")) {
      OpenedTask task = Curl.open(rig, rig.uids().agent(), "proxy");
      assertEquals(200, call(rig, rig.uids().agent(), task).status());
      assertFalse(rig.audit().contains("task.token-shared"));

      callUntil(rig, rig.uids().stranger(), task, "task.token-shared");

      String cause = "uid " + rig.uids().agent() + " and uid " + rig.uids().stranger();
      assertTrue(rig.audit().contains(cause), rig.audit());
      assertEquals(200, call(rig, rig.uids().agent(), task).status());
      List<String> told =
          rig.audit().lines().filter(line -> line.contains("task.token-shared")).toList();
      assertEquals(1, told.size());
    }
  }

  @Test
  void tokenThatTwoUsersUseEndsTheTaskWhereItsKindSaysSo() {
    try (Rig rig = rig("shared-token: end")) {
      OpenedTask task = Curl.open(rig, rig.uids().agent(), "proxy");
      assertEquals(200, call(rig, rig.uids().agent(), task).status());

      callUntil(rig, rig.uids().stranger(), task, "task.token-shared");

      Await.until(
          "the task's end",
          SOON,
          () -> rig.audit().lines().anyMatch(line -> line.contains("\"task.ended\"")));
      assertTrue(rig.audit().contains("its token is used by two users"), rig.audit());
      assertEquals(403, call(rig, rig.uids().agent(), task).status());
    }
  }
}
