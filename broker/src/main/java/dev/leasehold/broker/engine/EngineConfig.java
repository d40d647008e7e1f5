package dev.leasehold.broker.engine;

import dev.leasehold.broker.policy.Fact;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;

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

  /**
   * One that is asked over HTTP.
   *
   * @param without facts that it is not told
   * @param cache how long its answer holds for the same question; zero: not at all
   */
  record Asked(String name, Sort sort, URI url, Duration timeout, Set<Fact> without, Duration cache)
      implements EngineConfig {
    public Asked {
      without = Set.copyOf(without);
    }

    /** Whether an answer can hold for longer than the moment: nothing of the moment is told. */
    public boolean isCached() {
      return cache.isPositive()
          && Arrays.stream(Fact.values()).filter(Fact::isOfTheMoment).allMatch(without::contains);
    }
  }

  /** Cedar, within this process. */
  record Cedar(String name, CedarPolicies policies, Duration timeout) implements EngineConfig {}
}
