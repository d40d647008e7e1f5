package dev.leasehold.broker.proxy;

import dev.leasehold.broker.policy.Decision;
import dev.leasehold.broker.policy.Denial;
import dev.leasehold.broker.policy.Grant;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.telemetry.Problem;
import io.netty.channel.EventLoop;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks policy engines about a call that lasts, and no more than once a second. */
final class EngineWatch {
  private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(700);

  private final EventLoop loop;
  private long askedAt = System.nanoTime();
  private boolean asking;

  private EngineWatch(EventLoop loop) {
    this.loop = loop;
  }

  /** Made for calls that last, and for no others. */
  static EngineWatch of(@Nullable EngineWatch made, EventLoop loop) {
    return made == null ? new EngineWatch(loop) : made;
  }

  /**
   * On the event loop, as is {@code refuse}.
   *
   * @param refuse called when they would not allow it any more, or do not answer
   */
  void ask(Policy policy, Grant grant, Consumer<Refusal> refuse) {
    if (asking || System.nanoTime() - askedAt < EVERY_NANOS) {
      return;
    }
    askedAt = System.nanoTime();
    Optional<CompletionStage<Decision>> asked = policy.askAgain(grant);
    if (asked.isEmpty()) {
      return;
    }
    asking = true;
    var unused =
        asked.get().whenComplete((decision, failure) -> onLoop(() -> take(decision, refuse)));
  }

  private void take(@Nullable Decision decision, Consumer<Refusal> refuse) {
    asking = false;
    if (decision instanceof Denial denial) {
      refuse.accept(Refusals.of(denial));
    } else if (!(decision instanceof Grant)) {
      refuse.accept(
          Refusal.of(Problem.POLICY_UNAVAILABLE, "what the policy engines said is not known"));
    }
  }

  private void onLoop(Runnable step) {
    try {
      loop.execute(step);
    } catch (RejectedExecutionException stopped) {
      // There is no loop any more on which the call could end.
    }
  }
}
