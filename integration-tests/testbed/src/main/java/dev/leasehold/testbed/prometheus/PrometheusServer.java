package dev.leasehold.testbed.prometheus;

import dev.leasehold.testbed.server.TestServer;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** A Prometheus that scrapes one target every second. */
public interface PrometheusServer extends TestServer {

  /** {@code http://127.0.0.1:port}. */
  URI address();

  /** An instant query; empty where nothing matches. */
  List<Sample> query(String expression);

  /** What the last scrape failed with; empty when it went well. */
  String lastScrapeError();

  /** One series of an answer. */
  record Sample(Map<String, String> labels, double value) {

    public Sample {
      labels = Map.copyOf(labels);
    }
  }
}
