package dev.leasehold.broker.engine;

import java.net.URI;
import java.time.Duration;

/** One entry of {@code policy.engines}. */
public sealed interface EngineConfig {
  /** As denials, the audit log and the metrics name it. */
  String name();

  /** Longest time until its answer is there. */
  Duration timeout();

  /** How an engine is spoken to over HTTP. */
  enum Sort {
    /** Open Policy Agent's REST API: {@code POST /v1/data/…} with {@code {"input": …}}. */
    OPA,
    /** AuthZEN Authorization API 1.0, access evaluation. */
    AUTHZEN
  }

  /** One that is asked over HTTP. */
  record Asked(String name, Sort sort, URI url, Duration timeout) implements EngineConfig {}

  /** Cedar, within this process. */
  record Cedar(String name, CedarPolicies policies, Duration timeout) implements EngineConfig {}
}
