package dev.leasehold.broker.engine;

import dev.leasehold.broker.policy.Engine;
import dev.leasehold.broker.telemetry.Metrics;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Makes the engines of a configuration; they share their connections and their threads. */
public final class Engines implements AutoCloseable {
  private static final int MOST_CONNECTIONS = 64;
  private static final int MOST_WAITING = 1024;

  private final Vertx vertx;
  private final Metrics metrics;
  private @Nullable HttpClient client;
  private @Nullable ExecutorService threads;

  public Engines(Vertx vertx, Metrics metrics) {
    this.vertx = vertx;
    this.metrics = metrics;
  }

  /** In their order; nothing is made that no engine needs. */
  public synchronized List<Engine> of(List<EngineConfig> configs) {
    return configs.stream().map(this::engine).toList();
  }

  private Engine engine(EngineConfig config) {
    return switch (config) {
      case EngineConfig.Asked asked -> {
        HttpEngine engine = new HttpEngine(asked, client(), metrics);
        yield asked.isCached()
            ? new CachedEngine(engine, engine::question, asked.cache(), System::nanoTime)
            : engine;
      }
      case EngineConfig.Cedar cedar -> new CedarEngine(cedar, threads(), metrics);
    };
  }

  private HttpClient client() {
    HttpClient made =
        client == null
            ? vertx.createHttpClient(
                new HttpClientOptions().setKeepAlive(true).setDecompressionSupported(false),
                new PoolOptions()
                    .setHttp1MaxSize(MOST_CONNECTIONS)
                    .setMaxWaitQueueSize(MOST_WAITING))
            : client;
    client = made;
    return made;
  }

  /** For what computes in native code, which would hold up an event loop or pin a carrier. */
  private ExecutorService threads() {
    if (threads == null) {
      int count = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
      threads =
          new ThreadPoolExecutor(
              count,
              count,
              0,
              TimeUnit.SECONDS,
              new ArrayBlockingQueue<>(MOST_WAITING),
              Thread.ofPlatform().daemon().name("leasehold-cedar-", 0).factory());
    }
    return threads;
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      var unused = client.close();
    }
    if (threads != null) {
      threads.shutdownNow();
    }
  }
}
