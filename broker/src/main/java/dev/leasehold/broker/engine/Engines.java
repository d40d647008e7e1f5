package dev.leasehold.broker.engine;

import dev.leasehold.broker.policy.Engine;
import dev.leasehold.broker.telemetry.Metrics;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes the engines of a configuration; they share their connections. */
public final class Engines implements AutoCloseable {
  private static final int MOST_CONNECTIONS = 64;
  private static final int MOST_WAITING = 1024;

  private final Supplier<HttpClient> make;
  private final Metrics metrics;
  private @Nullable HttpClient client;

  public Engines(Vertx vertx, Metrics metrics) {
    this.make =
        () ->
            vertx.createHttpClient(
                new HttpClientOptions().setKeepAlive(true).setDecompressionSupported(false),
                new PoolOptions()
                    .setHttp1MaxSize(MOST_CONNECTIONS)
                    .setMaxWaitQueueSize(MOST_WAITING));
    this.metrics = metrics;
  }

  /** In their order; no client is made before there is one. */
  public synchronized List<Engine> of(List<EngineConfig> configs) {
    if (configs.isEmpty()) {
      return List.of();
    }
    HttpClient shared = client == null ? make.get() : client;
    client = shared;
    return configs.stream().<Engine>map(config -> new HttpEngine(config, shared, metrics)).toList();
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      var unused = client.close();
    }
  }
}
