package dev.leasehold.broker.engine;

import dev.leasehold.broker.http.JsonPost;
import dev.leasehold.broker.policy.Engine;
import dev.leasehold.broker.policy.Facts;
import dev.leasehold.broker.policy.Opinion;
import dev.leasehold.broker.telemetry.Metrics;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
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
  private final JsonPost post;
  private final Metrics metrics;

  HttpEngine(EngineConfig.Asked config, HttpClient client, Metrics metrics) {
    this.config = config;
    this.client = client;
    this.post = new JsonPost(config.url(), config.timeout(), config.timeout(), MOST_ANSWER);
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
        post.send(client, Buffer.buffer(question(facts)), Map.of())
            .map(this::opinion)
            .onComplete(
                done -> opinion.complete(done.succeeded() ? done.result() : unasked(done.cause())));
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

  private Opinion opinion(JsonPost.Answer answer) {
    if (answer.status() != 200) {
      return new Opinion.Failed("it answered with status " + answer.status());
    }
    return switch (config.sort()) {
      case OPA -> Opa.opinion(answer.body());
      case AUTHZEN -> AuthZen.opinion(answer.body());
    };
  }

  private static Opinion unasked(Throwable failure) {
    return new Opinion.Failed(
        failure instanceof JsonPost.TooLong ? "its answer is too long" : "it could not be asked");
  }

  private void count(Opinion opinion, long nanos) {
    metrics.policyEngine(name(), Answers.outcome(opinion), Duration.ofNanos(nanos));
  }

  private static String millis(Duration time) {
    return time.toMillis() + " ms";
  }
}
