package dev.leasehold.broker.engine;

import java.net.URI;
import java.time.Duration;

/**
 * One entry of {@code policy.engines}.
 *
 * @param name as denials, the audit log and the metrics name it
 * @param timeout longest time until its answer is there
 */
public record EngineConfig(String name, Sort sort, URI url, Duration timeout) {
  /** How it is spoken to. */
  public enum Sort {
    /** Open Policy Agent's REST API: {@code POST /v1/data/…} with {@code {"input": …}}. */
    OPA,
    /** AuthZEN Authorization API 1.0, access evaluation. */
    AUTHZEN
  }
}
