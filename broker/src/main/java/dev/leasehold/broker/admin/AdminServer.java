package dev.leasehold.broker.admin;

import dev.leasehold.broker.telemetry.JsonBytes;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.broker.telemetry.Readiness;
import dev.leasehold.broker.telemetry.Scrape;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Health and metrics over HTTP. Nothing here changes anything, and nothing is told about tasks,
 * agents or access, so that any address may serve it.
 */
public final class AdminServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int IDLE_SECONDS = 60;
  private static final int MOST_HEADER_BYTES = 8192;

  private final HttpServer server;
  private final InetSocketAddress address;

  private AdminServer(HttpServer server, InetSocketAddress address) {
    this.server = server;
    this.address = address;
  }

  /**
   * Starts serving. Blocks; not on an event loop.
   *
   * @throws IOException when the address cannot be had
   */
  public static AdminServer start(
      Vertx vertx, AdminConfig config, Readiness readiness, Metrics metrics) throws IOException {
    HttpServer server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setIdleTimeout(IDLE_SECONDS)
                    .setMaxHeaderSize(MOST_HEADER_BYTES)
                    .setHttp2ClearTextEnabled(false))
            .requestHandler(request -> serve(vertx, request, readiness, metrics));
    InetSocketAddress wanted = config.address();
    String host = wanted.getAddress().getHostAddress();
    try {
      // Not Future.await: it throws what the binding threw, checked exceptions unannounced.
      server
          .listen(wanted.getPort(), host)
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return new AdminServer(
          server, new InetSocketAddress(wanted.getAddress(), server.actualPort()));
    } catch (ExecutionException | TimeoutException failure) {
      throw new IOException("listen.admin: cannot listen on " + wanted, failure);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new IOException("listen.admin: interrupted while binding " + wanted, stopping);
    }
  }

  /** Where it listens, with the real port. */
  public InetSocketAddress address() {
    return address;
  }

  private static void serve(
      Vertx vertx, HttpServerRequest request, Readiness readiness, Metrics metrics) {
    HttpServerResponse response = request.response();
    response.putHeader("Cache-Control", "no-store").putHeader("X-Content-Type-Options", "nosniff");
    boolean reads =
        request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    switch (request.path()) {
      case String path when !reads && isKnown(path) ->
          end(response.setStatusCode(405).putHeader("Allow", "GET, HEAD"));
      case "/livez" -> end(response, "{\"live\":true}");
      case "/readyz" -> checks(response, readiness.ask());
      case "/startupz" -> {
        boolean started = readiness.hasStarted();
        end(response.setStatusCode(started ? 200 : 503), "{\"started\":" + started + "}");
      }
      case "/metrics" -> scrape(vertx, request, metrics);
      case null, default -> end(response.setStatusCode(404));
    }
  }

  private static boolean isKnown(String path) {
    return List.of("/livez", "/readyz", "/startupz", "/metrics").contains(path);
  }

  private static void checks(HttpServerResponse response, List<Readiness.Check> checks) {
    boolean ready = !checks.isEmpty() && checks.stream().allMatch(Readiness.Check::holds);
    JsonBytes json = new JsonBytes(512);
    json.beginObject();
    json.name("ready").bool(ready);
    json.name("checks").beginObject();
    for (Readiness.Check check : checks) {
      json.name(check.name()).beginObject();
      json.name("ok").bool(check.holds());
      check.reason().ifPresent(reason -> json.name("reason").text(reason));
      if (!check.warnings().isEmpty()) {
        json.name("warnings").beginArray();
        check.warnings().forEach(json::text);
        json.endArray();
      }
      json.endObject();
    }
    json.endObject();
    json.endObject();
    response.putHeader("Content-Type", "application/json");
    var unused =
        response
            .setStatusCode(ready ? 200 : 503)
            .end(Buffer.buffer(json.toByteArray()).appendString("\n"));
  }

  /** A scrape takes a few milliseconds, which no call of an agent shall wait for. */
  private static void scrape(Vertx vertx, HttpServerRequest request, Metrics metrics) {
    String accept = request.getHeader("Accept");
    var unused =
        vertx
            .executeBlocking(() -> metrics.scrape(accept == null ? "" : accept))
            .onSuccess(
                (Scrape scrape) ->
                    request
                        .response()
                        .putHeader("Content-Type", scrape.contentType())
                        .end(scrape.body()))
            .onFailure(failure -> end(request.response().setStatusCode(500)));
  }

  private static void end(HttpServerResponse response, String json) {
    var unused = response.putHeader("Content-Type", "application/json").end(json + "\n");
  }

  private static void end(HttpServerResponse response) {
    var unused = response.end();
  }

  /** Blocks for a moment. */
  @Override
  public void close() throws TimeoutException {
    server.close().await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
