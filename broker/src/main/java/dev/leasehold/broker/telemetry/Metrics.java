package dev.leasehold.broker.telemetry;

import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Every meter of Leasehold. Label values are names of the configuration or of fixed lists, never a
 * task, lease, path or URL; {@link LabelValues} sees to it. All methods may be called on any thread
 * and never block; {@link #scrape} is for whoever may take a few milliseconds.
 *
 * <p>Leasehold's own meters stand directly in the registry below Micrometer's: its timers would add
 * a {@code _max} series each, and its counters a look-up per call. The class is long because it is
 * the whole table, on purpose in one place.
 */
public final class Metrics implements AutoCloseable {
  /** The destination, credential or kind of something that has none. */
  public static final String NONE = "(none)";

  /** The switches that are always shown, so that an alert can tell 0 from absent. */
  static final List<String> UNSAFE_SETTINGS =
      List.of("unsafe-listen", "unsafe-plaintext", "unsafe-same-uid", "unsafe-shared-identity");

  private static final double NANOS_PER_SECOND = 1e9;
  private static final double[] CALL_SECONDS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
  };
  private static final double[] REVOCATION_SECONDS = {
    0.005, 0.01, 0.015, 0.025, 0.04, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300
  };
  private static final double[] OVERHEAD_SECONDS = {
    0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
    1
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, new PrometheusRegistry(), Clock.SYSTEM);
  private final MeterShelf shelf = new MeterShelf(registry.getPrometheusRegistry());
  private final RuntimeMeters runtime = new RuntimeMeters(registry);

  private final LabelValues rules = new LabelValues();
  private final LabelValues engines = new LabelValues();
  private final LabelValues kinds = new LabelValues();
  private final LabelValues signals = new LabelValues();
  private final LabelValues credentials = new LabelValues();
  private final LabelValues revocabilities = new LabelValues();
  private final LabelValues destinations = new LabelValues();
  private final LabelValues settings = new LabelValues();

  private final Counter tasksEnded =
      shelf.counter("tasks_ended", "Tasks whose end was signalled.", "kind", "signal");
  private final Counter breakGlassUses =
      shelf.counter("break_glass_uses", "Calls that passed by a break-glass.", "kind");
  private volatile LongSupplier breakGlassOpen = () -> 0;
  private final LabelValues grantOutcomes = new LabelValues();
  private final Counter grants =
      shelf.counter("grants", "Grants to and from other sidecars.", "outcome");
  private final Counter tasksDelegated =
      shelf.counter("tasks_delegated", "Children that tasks opened for other agents.", "kind");
  private final Counter tokensShared =
      shelf.counter(
          "task_tokens_shared", "Tasks whose token processes of two users have used.", "kind");
  private final Gauge leasesActive =
      shelf.gauge("leases_active", "Leases held for open tasks.", "credential", "revocability");
  private final Counter leaseOperations =
      shelf.counter(
          "lease_operations", "What was done with leases.", "credential", "operation", "outcome");
  private final Histogram leaseAcquire =
      shelf.histogram(
          "lease_acquire_seconds",
          "Time to get a credential from the secret store.",
          CALL_SECONDS,
          "credential");
  private final Histogram revocation =
      shelf.histogram(
          "revocation_seconds",
          "Time from a task's end signal to the proof that its lease is dead.",
          REVOCATION_SECONDS,
          "revocability");
  private final Counter exposure =
      shelf.counter(
          "exposure_seconds",
          "Credential-seconds that lived past the end of their task.",
          "credential",
          "revocability");
  private final Gauge revocationsPending =
      shelf.gauge("revocations_pending", "Revocations begun and not yet proven.", "revocability");
  private final Gauge revocationsStuck =
      shelf.gauge(
          "revocations_stuck", "Revocations unproven for five minutes or more.", "revocability");
  private final Gauge readsUnanswered =
      shelf.gauge(
          "reads_unanswered",
          "Reads of a credential that were never answered and may have made a lease.",
          "revocability");
  private final Counter requests =
      shelf.counter("requests", "Calls of agents.", "destination", "decision", "code_class");
  private final Histogram overhead =
      shelf.histogram(
          "request_overhead_seconds",
          "Time that Leasehold added to a call, the upstream's own excluded.",
          OVERHEAD_SECONDS,
          "destination");
  private final Counter redactions =
      shelf.counter("redactions", "Secrets masked in answers.", "destination");
  private final Counter denials = shelf.counter("denials", "Refusals, by problem.", "problem");
  private final Counter approvals =
      shelf.counter("approvals", "Questions to humans and their answers.", "outcome");
  private final Counter engineRequests =
      shelf.counter("policy_engine_requests", "Questions to policy engines.", "engine", "outcome");
  private final Histogram engineSeconds =
      shelf.histogram(
          "policy_engine_seconds", "Time of policy engines' answers.", CALL_SECONDS, "engine");
  private final Counter rulesObserved =
      shelf.counter(
          "policy_rules_observed", "Matches of rules that are only observed, by rule.", "rule");
  private final Counter vaultRequests =
      shelf.counter("vault_requests", "Requests to the secret store.", "operation", "outcome");
  private final Histogram vaultRequestSeconds =
      shelf.histogram(
          "vault_request_seconds",
          "Time of requests to the secret store.",
          CALL_SECONDS,
          "operation",
          "outcome");
  private final Gauge svidExpiry =
      shelf.gauge("svid_expiry_timestamp_seconds", "When the current SVID expires.", "level");
  private final Gauge vaultTokenExpiry =
      shelf.gauge(
          "vault_token_expiry_timestamp_seconds",
          "When the newest token of this level expires.",
          "level");
  private final Counter auditEvents =
      shelf.counter("audit_events", "Audit events.", "sink", "outcome");
  private final Gauge unsafeSettings =
      shelf.gauge(
          "unsafe_settings", "How often an unsafe switch is on in the configuration.", "name");
  private final Gauge staticExceptions =
      shelf.gauge("static_exceptions", "Static credentials allowed by an exception.", "credential");
  private final Gauge configRefused =
      shelf.gauge(
          "config_refused",
          "1 while the newest configuration file is refused and an old one runs.");

  private final Map<String, RequestMeters> requestMeters = new ConcurrentHashMap<>();
  private final Map<List<String>, DoubleSupplier> auditLags = new ConcurrentHashMap<>();
  private volatile Supplier<? extends Map<String, ? extends Number>> tasksActive = Map::of;
  private volatile IntSupplier approvalsPending = () -> 0;
  private volatile BooleanSupplier locked = () -> false;

  /**
   * @param version of Leasehold
   * @param revision of its source; {@link #NONE} where it is not known
   */
  public Metrics(String version, String revision) {
    Info.builder()
        .name("leasehold_build_info")
        .help("What runs.")
        .labelNames("version", "revision")
        .register(shelf.registry())
        .addLabelValues(version, revision);
    shelf.polled(
        "tasks_active",
        "Tasks that may still act.",
        sample ->
            tasksActive
                .get()
                .forEach((kind, count) -> sample.call(count.doubleValue(), kinds.admit(kind))),
        "kind");
    shelf.polled(
        "approvals_pending",
        "Questions that wait for a human.",
        sample -> sample.call(approvalsPending.getAsInt()));
    shelf.polled(
        "break_glass_open",
        "Break-glasses that set rules aside now.",
        sample -> sample.call((double) breakGlassOpen.getAsLong()));
    shelf.polled(
        "locked",
        "1 while opening is locked by revoke-all.",
        sample -> sample.call(locked.getAsBoolean() ? 1 : 0));
    shelf.polled(
        "audit_lag_seconds",
        "Age of the oldest event that has not yet come that far.",
        sample ->
            auditLags.forEach(
                (labels, seconds) ->
                    sample.call(seconds.getAsDouble(), labels.toArray(String[]::new))),
        "sink",
        "outcome");
    for (Problem problem : Problem.values()) {
      denials.initLabelValues(problem.word());
    }
    unsafeSettings(List.of());
  }

  /** Shows open tasks by kind; asked at every scrape. */
  public void tasksActive(Supplier<? extends Map<String, ? extends Number>> byKind) {
    tasksActive = byKind;
  }

  /** How many break-glasses are open. */
  public void breakGlassOpen(LongSupplier count) {
    breakGlassOpen = count;
  }

  /** A call of a task of that kind passed by a break-glass. */
  public void breakGlassUsed(String kind) {
    breakGlassUses.labelValues(kinds.admit(kind)).inc();
  }

  /**
   * What became of a grant.
   *
   * @param outcome issued, ended or unreachable of ours; taken or refused of others'
   */
  public void grant(String outcome) {
    grants.labelValues(grantOutcomes.admit(outcome)).inc();
  }

  /** A task of that kind opened a child. */
  public void taskDelegated(String kind) {
    tasksDelegated.labelValues(kinds.admit(kind)).inc();
  }

  public void tokenShared(String kind) {
    tokensShared.labelValues(kinds.admit(kind)).inc();
  }

  public void taskEnded(String kind, String signal) {
    tasksEnded.labelValues(kinds.admit(kind), signals.admit(signal)).inc();
  }

  /** Adds to the number of leases held; negative when they end. */
  public void leasesActive(String credential, String revocability, int change) {
    leasesActive
        .labelValues(credentials.admit(credential), revocabilities.admit(revocability))
        .inc(change);
  }

  public void leaseOperation(String credential, LeaseOperation operation, Outcome outcome) {
    leaseOperations
        .labelValues(credentials.admit(credential), operation.word(), outcome.word())
        .inc();
  }

  public void leaseAcquired(String credential, Duration took) {
    leaseAcquire.labelValues(credentials.admit(credential)).observe(seconds(took));
  }

  /** From the signal to the proof. */
  public void revoked(String revocability, Duration took) {
    revocation.labelValues(revocabilities.admit(revocability)).observe(seconds(took));
  }

  /** Adds the time for which one credential lived past the end of its task. */
  public void exposed(String credential, String revocability, Duration time) {
    exposure
        .labelValues(credentials.admit(credential), revocabilities.admit(revocability))
        .inc(Math.max(0, seconds(time)));
  }

  public void revocationsPending(String revocability, int change) {
    revocationsPending.labelValues(revocabilities.admit(revocability)).inc(change);
  }

  public void revocationsStuck(String revocability, int change) {
    revocationsStuck.labelValues(revocabilities.admit(revocability)).inc(change);
  }

  public void readsUnanswered(String revocability, int change) {
    readsUnanswered.labelValues(revocabilities.admit(revocability)).inc(change);
  }

  /**
   * The meters of one destination's calls, to be kept by whoever counts often.
   *
   * @param destination a configured name, or {@link #NONE}
   */
  public RequestMeters forDestination(String destination) {
    return requestMeters.computeIfAbsent(
        destinations.admit(destination),
        name ->
            new RequestMeters(
                (decision, codeClass) -> requests.labelValues(name, decision, codeClass),
                overhead.labelValues(name),
                redactions.labelValues(name)));
  }

  /** Counts a refusal. */
  public void denied(Problem problem) {
    denials.labelValues(problem.word()).inc();
  }

  /** Counts a step of asking humans: asked, approved, denied, capped. */
  public void approval(String outcome) {
    approvals.labelValues(outcome).inc();
  }

  /** Shows how many questions wait for a human; asked at every scrape. */
  public void approvalsPending(IntSupplier waiting) {
    approvalsPending = waiting;
  }

  /**
   * Counts one question to a policy engine.
   *
   * @param outcome allow, deny or failed
   */
  public void policyEngine(String engine, String outcome, Duration took) {
    engineRequests.labelValues(engines.admit(engine), outcome).inc();
    engineSeconds.labelValues(engines.admit(engine)).observe(seconds(took));
  }

  /** Counts a match of a rule that has no effect yet. */
  public void ruleObserved(String rule) {
    rulesObserved.labelValues(rules.admit(rule)).inc();
  }

  public void vaultRequest(VaultOperation operation, Outcome outcome, Duration took) {
    vaultRequests.labelValues(operation.word(), outcome.word()).inc();
    DistributionDataPoint times = vaultRequestSeconds.labelValues(operation.word(), outcome.word());
    times.observe(seconds(took));
  }

  public void svidExpires(SvidLevel level, Instant at) {
    svidExpiry.labelValues(level.word()).set(epochSeconds(at));
  }

  public void vaultTokenExpires(TokenLevel level, Instant at) {
    vaultTokenExpiry.labelValues(level.word()).set(epochSeconds(at));
  }

  /** The counter of audit events of one sink and outcome, to be kept. */
  public Tally auditEvents(String sink, AuditOutcome outcome) {
    return auditEvents.labelValues(sink, outcome.word())::inc;
  }

  /**
   * Shows how far a sink is behind; asked at every scrape.
   *
   * @param seconds age of the oldest event that has not come as far as {@code outcome}
   */
  public void auditLag(String sink, AuditOutcome outcome, DoubleSupplier seconds) {
    auditLags.put(List.of(sink, outcome.word()), seconds);
  }

  /** Replaces what is shown; a name counts as often as it stands in the list. */
  public void unsafeSettings(Collection<String> names) {
    unsafeSettings.clear();
    UNSAFE_SETTINGS.forEach(name -> unsafeSettings.labelValues(name).set(0));
    names.forEach(name -> unsafeSettings.labelValues(settings.admit(name)).inc());
  }

  /** Replaces what is shown. */
  public void staticExceptions(Collection<String> names) {
    staticExceptions.clear();
    names.forEach(name -> staticExceptions.labelValues(credentials.admit(name)).set(1));
  }

  public void configRefused(boolean refused) {
    configRefused.set(refused ? 1 : 0);
  }

  public void locked(BooleanSupplier whether) {
    locked = whether;
  }

  /**
   * Everything, as a scraper asks for it.
   *
   * @param accept the request's Accept header; OpenMetrics is given to who names it
   */
  public Scrape scrape(String accept) {
    return Scrape.of(registry, accept);
  }

  @Override
  public void close() {
    runtime.close();
    registry.close();
  }

  private static double seconds(Duration time) {
    return time.toNanos() / NANOS_PER_SECOND;
  }

  private static double epochSeconds(Instant at) {
    return at.getEpochSecond() + at.getNano() / NANOS_PER_SECOND;
  }
}
