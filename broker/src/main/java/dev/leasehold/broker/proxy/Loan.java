package dev.leasehold.broker.proxy;

import dev.leasehold.broker.inject.Injection;
import dev.leasehold.broker.inject.InjectionRefusal;
import dev.leasehold.broker.inject.Injector;
import dev.leasehold.broker.lease.LeaseOutcome;
import dev.leasehold.broker.lease.LeaseUse;
import dev.leasehold.broker.policy.Grant;
import dev.leasehold.broker.telemetry.Problem;
import io.netty.channel.EventLoop;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secret that goes into one call: had when it is first needed, checked that it can be put in,
 * and given back when the call is over. Step 4 of {@link ProxyCall}, on its event loop.
 */
final class Loan {
  private static final Logger log = LoggerFactory.getLogger(Loan.class);

  private final ProxyCall call;
  private final Serving serving;
  private final EventLoop loop;

  private @Nullable LeaseUse use;
  private @Nullable Injector injector;

  Loan(ProxyCall call, Serving serving, EventLoop loop) {
    this.call = call;
    this.serving = serving;
    this.loop = loop;
  }

  /** Null for a call without a credential. */
  @Nullable LeaseUse use() {
    return use;
  }

  /** Null for a call without a credential. */
  @Nullable Injector injector() {
    return injector;
  }

  /** The call departs with it, or is refused; perhaps later. */
  void take(Grant grant, Lane lane) {
    if (grant.credential().isEmpty()) {
      call.depart();
      return;
    }
    if (lane.injection().isEmpty()) {
      call.refuse(Refusal.of(Problem.CREDENTIAL_INVALID, "the credential has no way into a call"));
      return;
    }
    Injection injection = lane.injection().get();
    CompletableFuture<LeaseOutcome> outcome = serving.leases().lease(grant).toCompletableFuture();
    if (outcome.isDone() && !outcome.isCompletedExceptionally()) {
      came(outcome.join(), injection);
      return;
    }
    var unused =
        outcome.whenComplete((late, failure) -> loopOn(late, () -> came(late, failure, injection)));
  }

  private void loopOn(@Nullable LeaseOutcome late, Runnable step) {
    try {
      loop.execute(step);
    } catch (RejectedExecutionException stopped) {
      if (late instanceof LeaseOutcome.Leased(LeaseUse given)) {
        given.close(); // there is no loop any more on which the call could end
      }
    }
  }

  private void came(LeaseOutcome outcome, @Nullable Throwable failure, Injection injection) {
    if (failure == null) {
      came(outcome, injection);
    } else {
      log.error("event=lease_failed cause={}", failure.getClass().getName());
      call.refuse(Refusal.of(Problem.VAULT_UNAVAILABLE, "no lease could be had"));
    }
  }

  private void came(LeaseOutcome outcome, Injection injection) {
    switch (outcome) {
      case LeaseOutcome.Refused refused -> call.refuse(Refusals.of(refused));
      case LeaseOutcome.Leased(LeaseUse given) -> {
        if (call.isOver()) {
          given.close(); // the agent has gone, or the task, while it was fetched
          return;
        }
        use = given;
        injector = new Injector(injection, given);
        Optional<InjectionRefusal> refusal = injector.refusal();
        if (refusal.isPresent()) {
          call.refuse(Refusals.of(refusal.get()));
        } else {
          call.depart();
        }
      }
    }
  }

  /** Gives it back; idempotent. */
  void close() {
    if (use != null) {
      use.close();
    }
  }
}
