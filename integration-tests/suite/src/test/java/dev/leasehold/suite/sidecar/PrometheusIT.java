package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.Needs;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.prometheus.PrometheusServer;
import dev.leasehold.testbed.prometheus.PrometheusServer.Sample;
import dev.leasehold.testbed.prometheus.PrometheusServers;
import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.server.Setting;
import dev.leasehold.testbed.target.DemoApi;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What an SRE sees in Prometheus of a task is what the report says of it. */
class PrometheusIT {
  @Test
  void prometheusTellsTheStoryOfTheReport() {
    assumeTrue(
        Setting.realDemandedBy().isPresent() || PrometheusServers.available(),
        "Prometheus is not installed and has no stand-in");
    try (Testbed testbed = Testbed.start(Needs.VAULT, Needs.WORKLOAD_API, Needs.POSTGRES);
        DemoApi api = DemoApi.start(testbed.database());
        Rig rig =
            new Rig(testbed)
                .rules(OrdersRules.of(api.address(), VaultMounts.DATABASE_ROLE))
                .start()) {
      URI metrics = URI.create("http://127.0.0.1:" + rig.adminPort() + "/metrics");
      PrometheusServer prometheus = testbed.prometheus(metrics);
      String leases = "leasehold_leases_active{credential=\"orders-db\",revocability=\"hard\"}";

      // Given a task that has used its credential, and was refused something
      OpenedTask task = rig.agent().open("restock");
      ProxyCall orders = new ProxyCall("GET", api.address() + "/orders").as(task);
      assertEquals(200, orders.send(rig.proxyPort()).status());
      rig.lastCredential(api);
      assertEquals(
          "rule-denied",
          new ProxyCall("DELETE", api.address() + "/orders")
              .as(task)
              .send(rig.proxyPort())
              .problem());
      awaitValue(prometheus, leases, 1);
      awaitValue(prometheus, "leasehold_tasks_active{kind=\"restock\"}", 1);

      // When it ends
      JsonObject report = rig.agent().end(task, "completed");

      // Then
      assertEquals("complete", report.getString("proof"), report.encode());
      awaitValue(prometheus, leases, report.getInteger("unproven"));
      awaitValue(prometheus, "leasehold_tasks_active{kind=\"restock\"}", 0);
      awaitValue(
          prometheus, "leasehold_tasks_ended_total{kind=\"restock\",signal=\"completed\"}", 1);
      for (String operation : List.of("acquire", "revoke", "verify")) {
        awaitValue(
            prometheus,
            "leasehold_lease_operations_total{credential=\"orders-db\",operation=\""
                + operation
                + "\",outcome=\"ok\"}",
            report.getInteger("leases"));
      }
      awaitValue(prometheus, "leasehold_denials_total{problem=\"rule-denied\"}", 1);
      awaitValue(prometheus, "leasehold_revocation_seconds_count{revocability=\"hard\"}", 1);
      awaitValue(prometheus, "leasehold_revocations_pending{revocability=\"hard\"}", 0);
      assertEquals("", prometheus.lastScrapeError());
      assertBounded(prometheus, task);
    }
  }

  private static void awaitValue(PrometheusServer prometheus, String series, double value) {
    Await.until(
        series + " is " + value,
        () -> prometheus.query(series).stream().anyMatch(sample -> sample.value() == value));
  }

  /** Labels are from the configuration and fixed lists, never a task or a path. */
  private static void assertBounded(PrometheusServer prometheus, OpenedTask task) {
    List<Sample> all = prometheus.query("{__name__=~\"leasehold_.+\"}");
    assertTrue(all.size() > 20, all.toString());
    Set<String> values =
        all.stream()
            .flatMap(sample -> sample.labels().values().stream())
            .collect(Collectors.toSet());
    for (String value : values) {
      assertFalse(value.contains(task.id()), value);
      assertFalse(value.contains("/orders"), value);
    }
  }
}
