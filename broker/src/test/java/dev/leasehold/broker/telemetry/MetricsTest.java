package dev.leasehold.broker.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MetricsTest {
  private static final Path PAGE = Path.of("..", "docs", "metrics.md");
  private static final Pattern SAMPLE =
      Pattern.compile("(leasehold_[a-z_]+)(?:\\{([^}]*)})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");

  /** What users are promised: name, type and labels, and nothing else. */
  private static final Map<String, String> PROMISED =
      Map.ofEntries(
          Map.entry("leasehold_tasks_active", "gauge [kind]"),
          Map.entry("leasehold_tasks_ended_total", "counter [kind, signal]"),
          Map.entry("leasehold_break_glass_open", "gauge []"),
          Map.entry("leasehold_break_glass_uses_total", "counter [kind]"),
          Map.entry("leasehold_grants_total", "counter [outcome]"),
          Map.entry("leasehold_tasks_delegated_total", "counter [kind]"),
          Map.entry("leasehold_task_tokens_shared_total", "counter [kind]"),
          Map.entry("leasehold_leases_active", "gauge [credential, revocability]"),
          Map.entry("leasehold_lease_operations_total", "counter [credential, operation, outcome]"),
          Map.entry("leasehold_lease_acquire_seconds", "histogram [credential]"),
          Map.entry("leasehold_revocation_seconds", "histogram [revocability]"),
          Map.entry("leasehold_exposure_seconds_total", "counter [credential, revocability]"),
          Map.entry("leasehold_revocations_pending", "gauge [revocability]"),
          Map.entry("leasehold_revocations_stuck", "gauge [revocability]"),
          Map.entry("leasehold_reads_unanswered", "gauge [revocability]"),
          Map.entry("leasehold_requests_total", "counter [code_class, decision, destination]"),
          Map.entry("leasehold_redactions_total", "counter [destination]"),
          Map.entry("leasehold_request_overhead_seconds", "histogram [destination]"),
          Map.entry("leasehold_denials_total", "counter [problem]"),
          Map.entry("leasehold_vault_requests_total", "counter [operation, outcome]"),
          Map.entry("leasehold_vault_request_seconds", "histogram [operation, outcome]"),
          Map.entry("leasehold_svid_expiry_timestamp_seconds", "gauge [level]"),
          Map.entry("leasehold_vault_token_expiry_timestamp_seconds", "gauge [level]"),
          Map.entry("leasehold_audit_events_total", "counter [outcome, sink]"),
          Map.entry("leasehold_audit_lag_seconds", "gauge [outcome, sink]"),
          Map.entry("leasehold_unsafe_settings", "gauge [name]"),
          Map.entry("leasehold_static_exceptions", "gauge [credential]"),
          Map.entry("leasehold_config_refused", "gauge []"),
          Map.entry("leasehold_locked", "gauge []"),
          Map.entry("leasehold_policy_rules_observed_total", "counter [rule]"),
          Map.entry("leasehold_approvals_total", "counter [outcome]"),
          Map.entry("leasehold_approvals_pending", "gauge []"),
          Map.entry("leasehold_policy_engine_requests_total", "counter [engine, outcome]"),
          Map.entry("leasehold_policy_engine_seconds", "histogram [engine]"),
          Map.entry("leasehold_build_info", "gauge [revision, version]"));

  private final Metrics metrics = new Metrics("1.2.3", "abc");

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  void everyPromisedMeterIsScrapedWithItsLabelsAndNoOther() {
    // Given
    useEveryMeter();

    // When
    String text = metrics.scrape("*/*").body();

    // Then
    assertEquals(new TreeMap<>(PROMISED), shapes(text));
  }

  @Test
  void thePageOfMetricsListsWhatIsScraped() throws IOException {
    // Given
    useEveryMeter();
    Map<String, String> listed = new TreeMap<>();
    for (String row : Files.readAllLines(PAGE)) {
      String[] cells = row.split("\\|", -1);
      if (cells.length > 4 && cells[1].startsWith(" `leasehold_")) {
        listed.put(words(cells[1]).getFirst(), cells[2].strip() + " " + sorted(words(cells[3])));
      }
    }

    // When
    Map<String, String> scraped = shapes(metrics.scrape("").body());

    // Then
    assertEquals(scraped, listed);
  }

  @Test
  void thePageOfMetricsListsTheWordsOfEachFixedLabel() throws IOException {
    // Given
    Map<String, List<String>> listed = new HashMap<>();
    for (String row : Files.readAllLines(PAGE)) {
      String[] cells = row.split("\\|", -1);
      if (cells.length == 4) {
        listed.put(cells[1].strip(), words(cells[2]));
      }
    }

    // Then
    assertEquals(
        words(LeaseOperation.values(), LeaseOperation::word), listed.get("`operation` of leases"));
    assertEquals(
        words(VaultOperation.values(), VaultOperation::word), listed.get("`operation` of Vault"));
    assertEquals(words(Outcome.values(), Outcome::word), listed.get("`outcome`"));
    assertEquals(
        words(AuditOutcome.values(), AuditOutcome::word), listed.get("`outcome` of audit"));
    assertEquals(words(SvidLevel.values(), SvidLevel::word), listed.get("`level` of the SVID"));
    assertEquals(words(TokenLevel.values(), TokenLevel::word), listed.get("`level` of tokens"));
    assertEquals(Metrics.UNSAFE_SETTINGS, listed.get("`name`"));
  }

  private static <T> List<String> words(T[] values, Function<T, String> word) {
    return Arrays.stream(values).map(word).toList();
  }

  private static List<String> words(String cell) {
    return Pattern.compile("`([^`]+)`")
        .matcher(cell)
        .results()
        .map(result -> result.group(1))
        .toList();
  }

  private static Set<String> sorted(List<String> words) {
    return new TreeSet<>(words);
  }

  @Test
  void valuesArriveInTheScrape() {
    // Given
    useEveryMeter();

    // When
    String text = metrics.scrape("").body();

    // Then
    assertHas(text, "leasehold_tasks_active{kind=\"restock\"} 3.0");
    assertHas(
        text,
        "leasehold_requests_total{code_class=\"2xx\",decision=\"allow\",destination=\"broker-api\"}"
            + " 1.0");
    assertHas(
        text,
        "leasehold_requests_total{code_class=\"4xx\",decision=\"deny\",destination=\"broker-api\"}"
            + " 1.0");
    assertHas(
        text,
        "leasehold_requests_total{code_class=\"none\",decision=\"allow\",destination=\"broker-api\"}"
            + " 1.0");
    assertHas(
        text,
        "leasehold_request_overhead_seconds_bucket{destination=\"broker-api\",le=\"1.0E-4\"} 1");
    assertHas(text, "leasehold_request_overhead_seconds_sum{destination=\"broker-api\"} 8.0E-5");
    assertHas(text, "leasehold_denials_total{problem=\"rule-denied\"} 1.0");
    assertHas(text, "leasehold_denials_total{problem=\"locked\"} 0.0");
    assertHas(
        text, "leasehold_exposure_seconds_total{credential=\"rabbit\",revocability=\"hard\"} 1.5");
    assertHas(text, "leasehold_unsafe_settings{name=\"unsafe-plaintext\"} 2.0");
    assertHas(text, "leasehold_unsafe_settings{name=\"unsafe-listen\"} 0.0");
    assertHas(text, "leasehold_build_info{revision=\"abc\",version=\"1.2.3\"} 1");
    assertHas(text, "leasehold_locked 1.0");
    assertHas(text, "leasehold_audit_lag_seconds{outcome=\"synced\",sink=\"file\"} 0.25");
    assertHas(text, "leasehold_svid_expiry_timestamp_seconds{level=\"x509\"} 1000.0");
  }

  @Test
  void openMetricsIsGivenToWhoAsksForIt() {
    // When
    Scrape scrape =
        metrics.scrape("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5");

    // Then
    assertTrue(scrape.contentType().startsWith("application/openmetrics-text"));
    assertTrue(scrape.body().endsWith("# EOF\n"));
    assertFalse(metrics.scrape("text/plain").body().contains("# EOF"));
  }

  @Test
  void protobufIsAnsweredWithText() {
    // When
    Scrape scrape = metrics.scrape("application/vnd.google.protobuf;encoding=delimited");

    // Then
    assertTrue(scrape.contentType().startsWith("text/plain"));
  }

  @Test
  void memoryOfJvmProcessAndNettyIsShown() {
    // When
    String text = metrics.scrape("").body();

    // Then
    for (String name :
        List.of(
            "jvm_memory_used_bytes",
            "jvm_threads_live_threads",
            "process_uptime_seconds",
            "netty_allocator_memory_used")) {
      assertTrue(text.contains("\n" + name), name);
    }
  }

  @Test
  void whatIsNoNameMakesNoTimeSeries() {
    // When
    metrics.forDestination("/api/users?token=x").allowed(200);
    metrics.forDestination("tsk_0123456789abcdef0123").allowed(200);
    metrics.forDestination("a\nleasehold_locked 0").allowed(200);
    metrics.forDestination("").allowed(200);

    // Then
    assertEquals(Set.of("(other)"), destinations());
  }

  @Test
  void aFloodOfNamesIsCutOff() {
    // When
    for (int i = 0; i < 3 * LabelValues.MOST; i++) {
      metrics.forDestination("name-" + i).allowed(200);
    }

    // Then
    assertEquals(LabelValues.MOST + 1, destinations().size());
    assertTrue(destinations().contains("(other)"));
  }

  private Set<String> destinations() {
    Set<String> values = new TreeSet<>();
    Matcher label =
        Pattern.compile("leasehold_requests_total\\{.*destination=\"([^\"]*)\"")
            .matcher(metrics.scrape("").body());
    while (label.find()) {
      values.add(label.group(1));
    }
    return values;
  }

  private void useEveryMeter() {
    metrics.tasksActive(() -> Map.of("restock", 3));
    metrics.taskEnded("restock", "completed");
    metrics.taskDelegated("restock");
    metrics.tokenShared("restock");
    metrics.grant("issued");
    metrics.breakGlassUsed("restock");
    metrics.leasesActive("rabbit", "hard", 1);
    metrics.leaseOperation("rabbit", LeaseOperation.ACQUIRE, Outcome.OK);
    metrics.leaseAcquired("rabbit", Duration.ofMillis(5));
    metrics.revoked("hard", Duration.ofMillis(15));
    metrics.exposed("rabbit", "hard", Duration.ofMillis(1500));
    metrics.revocationsPending("hard", 1);
    metrics.revocationsStuck("hard", 0);
    metrics.readsUnanswered("hard", 0);
    RequestMeters requests = metrics.forDestination("broker-api");
    requests.allowed(200);
    requests.allowed(0);
    requests.denied(403);
    requests.overhead(80_000);
    metrics.denied(Problem.RULE_DENIED);
    metrics.ruleObserved("policy.rules.try");
    metrics.approval("asked");
    metrics.policyEngine("opa", "allow", Duration.ofMillis(1));
    metrics.vaultRequest(VaultOperation.READ_CREDENTIAL, Outcome.OK, Duration.ofMillis(3));
    metrics.svidExpires(SvidLevel.X509, Instant.ofEpochSecond(1000));
    metrics.vaultTokenExpires(TokenLevel.HEARTBEAT, Instant.ofEpochSecond(1000));
    metrics.auditEvents("file", AuditOutcome.WRITTEN).add(2);
    metrics.auditLag("file", AuditOutcome.SYNCED, () -> 0.25);
    metrics.unsafeSettings(List.of("unsafe-plaintext", "unsafe-plaintext"));
    metrics.staticExceptions(List.of("old-key"));
    metrics.configRefused(false);
    metrics.locked(() -> true);
  }

  private static Map<String, String> shapes(String text) {
    Map<String, String> types = new TreeMap<>();
    Map<String, String> shapes = new TreeMap<>();
    for (String line : text.lines().toList()) {
      if (line.startsWith("# TYPE leasehold_")) {
        String[] words = line.split(" ", -1);
        types.put(words[2], words[3]);
      }
      Matcher sample = SAMPLE.matcher(line);
      if (sample.matches()) {
        String name = sample.group(1);
        String family =
            types.containsKey(name) ? name : name.replaceFirst("_(bucket|sum|count)$", "");
        Set<String> labels = new TreeSet<>();
        Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
        while (label.find()) {
          if (!label.group(1).equals("le")) {
            labels.add(label.group(1));
          }
        }
        shapes.merge(
            family,
            types.get(family) + " " + labels,
            (one, other) -> one.equals(other) ? one : one + " and " + other);
      }
    }
    return shapes;
  }

  private static void assertHas(String text, String sample) {
    assertTrue(("\n" + text).contains("\n" + sample + "\n"), () -> sample + " is not in\n" + text);
  }
}
