package dev.leasehold.broker.engine;

import dev.leasehold.broker.policy.Engine;
import dev.leasehold.broker.policy.Facts;
import dev.leasehold.broker.policy.Opinion;
import dev.leasehold.broker.telemetry.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * An engine that is asked by one POST of JSON. Anything but a clear answer within its time is a
 * failure, which denies: another status, a redirect, an answer that is too long, what is no JSON.
 */
final class HttpEngine implements Engine {
  /** Bytes; an answer is yes or no and why. */
  static final int MOST_ANSWER = 64 * 1024;

  private final EngineConfig.Asked config;
  private final HttpClient client;
  private final Metrics metrics;

  HttpEngine(EngineConfig.Asked config, HttpClient client, Metrics metrics) {
    this.config = config;
    this.client = client;
    this.metrics = metrics;
  }

  @Override
  public String name() {
    return config.name();
  }

  @Override
  public CompletionStage<Opinion> ask(Facts facts) {
    long begun = System.nanoTime();
    CompletableFuture<Opinion> opinion = new CompletableFuture<>();
    var unused =
        client
            .request(
                new RequestOptions()
                    .setMethod(HttpMethod.POST)
                    .setAbsoluteURI(config.url().toString())
                    .setFollowRedirects(false)
                    .setConnectTimeout(config.timeout().toMillis())
                    .setIdleTimeout(config.timeout().toMillis())
                    .putHeader("Content-Type", "application/json")
                    .putHeader("Accept", "application/json"))
            .compose(request -> send(request, facts))
            .onComplete(
                done ->
                    opinion.complete(
                        done.succeeded()
                            ? done.result()
                            : new Opinion.Failed("it could not be asked")));
    return opinion
        .completeOnTimeout(
            new Opinion.Failed("it took longer than " + millis(config.timeout())),
            config.timeout().toMillis(),
            TimeUnit.MILLISECONDS)
        .whenComplete((given, failure) -> count(given, System.nanoTime() - begun));
  }

  /** All that it is told of a call. */
  String question(Facts facts) {
    JsonObject told = FactsJson.of(facts, config.without());
    return switch (config.sort()) {
      case OPA -> Opa.question(told);
      case AUTHZEN -> AuthZen.question(facts, told);
    };
  }

  private Future<Opinion> send(HttpClientRequest request, Facts facts) {
    return request.send(Buffer.buffer(question(facts))).compose(this::read);
  }

  private Future<Opinion> read(HttpClientResponse response) {
    if (response.statusCode() != 200) {
      response.request().reset();
      return Future.succeededFuture(
          new Opinion.Failed("it answered with status " + response.statusCode()));
    }
    Promise<Opinion> opinion = Promise.promise();
    Buffer all = Buffer.buffer();
    response.handler(
        piece -> {
          if (all.length() + piece.length() > MOST_ANSWER) {
            opinion.tryComplete(new Opinion.Failed("its answer is too long"));
            response.request().reset();
          } else {
            all.appendBuffer(piece);
          }
        });
    response.exceptionHandler(
        broken -> opinion.tryComplete(new Opinion.Failed("its answer broke off")));
    response.endHandler(end -> opinion.tryComplete(opinion(all)));
    return opinion.future();
  }

  private Opinion opinion(Buffer answer) {
    return switch (config.sort()) {
      case OPA -> Opa.opinion(answer);
      case AUTHZEN -> AuthZen.opinion(answer);
    };
  }

  private void count(Opinion opinion, long nanos) {
    metrics.policyEngine(name(), Answers.outcome(opinion), Duration.ofNanos(nanos));
  }

  private static String millis(Duration time) {
    return time.toMillis() + " ms";
  }
}
