package dev.leasehold.broker.engine;

import com.cedarpolicy.BasicAuthorizationEngine;
import com.cedarpolicy.model.AuthorizationResponse;
import com.cedarpolicy.model.AuthorizationSuccessResponse;
import com.cedarpolicy.model.exception.AuthException;
import dev.leasehold.broker.policy.Engine;
import dev.leasehold.broker.policy.Facts;
import dev.leasehold.broker.policy.Opinion;
import dev.leasehold.broker.telemetry.Metrics;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cedar within this process. Where any policy cannot be evaluated the whole answer is a failure:
 * Cedar itself would leave that policy out, and it may have been the one that forbids.
 */
final class CedarEngine implements Engine {
  private static final Logger log = LoggerFactory.getLogger(CedarEngine.class);

  private final EngineConfig.Cedar config;
  private final Executor threads;
  private final Metrics metrics;
  private final BasicAuthorizationEngine cedar = new BasicAuthorizationEngine();

  /**
   * @param threads where it is asked; refuses what would wait for too long
   */
  CedarEngine(EngineConfig.Cedar config, Executor threads, Metrics metrics) {
    this.config = config;
    this.threads = threads;
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
    try {
      threads.execute(
          () -> {
            if (!opinion.isDone()) {
              opinion.complete(opinion(facts));
            }
          });
    } catch (RejectedExecutionException full) {
      opinion.complete(new Opinion.Failed("too many calls wait for it"));
    }
    return opinion
        .completeOnTimeout(
            new Opinion.Failed("it took longer than " + config.timeout().toMillis() + " ms"),
            config.timeout().toMillis(),
            TimeUnit.MILLISECONDS)
        .whenComplete(
            (given, failure) ->
                metrics.policyEngine(
                    name(), Answers.outcome(given), Duration.ofNanos(System.nanoTime() - begun)));
  }

  private Opinion opinion(Facts facts) {
    try {
      CedarQuestion question = CedarQuestion.of(facts, config.policies().unnamed());
      AuthorizationResponse response =
          cedar.isAuthorized(question.request(), config.policies().set(), question.entities());
      Optional<AuthorizationSuccessResponse> decided = response.success;
      return decided.isPresent()
          ? opinion(decided.get())
          : new Opinion.Failed("it could not be asked");
    } catch (AuthException | RuntimeException | LinkageError failure) {
      // Its class alone: the message may quote what was asked.
      log.warn(
          "event=policy_engine_failed engine={} cause={}",
          name(),
          failure.getClass().getSimpleName());
      return new Opinion.Failed("it failed");
    }
  }

  private Opinion opinion(AuthorizationSuccessResponse decided) {
    if (!decided.getErrors().isEmpty()) {
      return new Opinion.Failed("a policy of it could not be evaluated");
    }
    if (decided.isAllowed()) {
      return Answers.allows("", config.policies().obligations(decided.getReason()));
    }
    return new Opinion.Denies("", config.policies().name(decided.getReason()));
  }
}
