package dev.leasehold.broker.telemetry;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import java.util.List;
import java.util.function.BiFunction;

/** The meters of one destination's calls, looked up once. Any thread; never blocks. */
public final class RequestMeters {
  /** By the answer's status class; the first one is for calls that ended without any answer. */
  static final List<String> CODE_CLASSES = List.of("none", "1xx", "2xx", "3xx", "4xx", "5xx");

  private static final double NANOS_PER_SECOND = 1e9;

  private final CounterDataPoint[] allowed;
  private final CounterDataPoint[] denied;
  private final DistributionDataPoint overhead;
  private final CounterDataPoint redactions;

  RequestMeters(
      BiFunction<String, String, CounterDataPoint> requests,
      DistributionDataPoint overhead,
      CounterDataPoint redactions) {
    this.allowed = byCodeClass(requests, "allow");
    this.denied = byCodeClass(requests, "deny");
    this.overhead = overhead;
    this.redactions = redactions;
  }

  /**
   * Counts a call that policy allowed.
   *
   * @param status what the agent was answered; 0 when it was answered nothing
   */
  public void allowed(int status) {
    allowed[codeClass(status)].inc();
  }

  /** Counts a call that was refused, by policy or by a check before or after it. */
  public void denied(int status) {
    denied[codeClass(status)].inc();
  }

  /** Time that Leasehold added to one call: what passed less what the upstream took. */
  public void overhead(long nanos) {
    overhead.observe(nanos / NANOS_PER_SECOND);
  }

  /** Counts secrets that were masked in an answer. */
  public void redacted(int count) {
    redactions.inc(count);
  }

  private static int codeClass(int status) {
    return status >= 100 && status < 600 ? status / 100 : 0;
  }

  private static CounterDataPoint[] byCodeClass(
      BiFunction<String, String, CounterDataPoint> requests, String decision) {
    return CODE_CLASSES.stream()
        .map(codeClass -> requests.apply(decision, codeClass))
        .toArray(CounterDataPoint[]::new);
  }
}
