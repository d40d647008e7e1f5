package dev.leasehold.broker.telemetry;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Locale;

/** All metrics at one moment, in one of Prometheus's two text forms. */
public record Scrape(String contentType, String body) {
  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  static Scrape of(PrometheusMeterRegistry registry, String accept) {
    // Protobuf is never given: its writer would be loaded for nothing else.
    String type =
        accept.toLowerCase(Locale.ROOT).contains("application/openmetrics-text")
            ? OPEN_METRICS
            : TEXT;
    return new Scrape(type, registry.scrape(type));
  }
}
