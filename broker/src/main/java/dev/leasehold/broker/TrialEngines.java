package dev.leasehold.broker;

import dev.leasehold.broker.config.Configuration;
import dev.leasehold.broker.engine.Engines;
import dev.leasehold.broker.policy.Engine;
import dev.leasehold.broker.telemetry.Metrics;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;

/** The policy engines of a configuration, as a command asks them. */
final class TrialEngines implements AutoCloseable {
  private final List<Engine> engines;
  private final Optional<Vertx> vertx;

  private TrialEngines(List<Engine> engines, Optional<Vertx> vertx) {
    this.engines = engines;
    this.vertx = vertx;
  }

  static TrialEngines none() {
    return new TrialEngines(List.of(), Optional.empty());
  }

  /** Starts nothing where there are none. */
  static TrialEngines of(Configuration configuration) {
    if (configuration.engines().isEmpty()) {
      return none();
    }
    Vertx vertx = Vertx.vertx();
    Metrics unseen = new Metrics("", "");
    return new TrialEngines(
        new Engines(vertx, unseen).of(configuration.engines()), Optional.of(vertx));
  }

  List<Engine> all() {
    return engines;
  }

  @Override
  public void close() {
    vertx.ifPresent(started -> started.close().toCompletionStage().toCompletableFuture().join());
  }
}
