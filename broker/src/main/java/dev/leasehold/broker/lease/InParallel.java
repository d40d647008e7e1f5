package dev.leasehold.broker.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Several things that block, at once, each on a virtual thread. */
final class InParallel {
  private final List<CompletableFuture<Void>> all = new ArrayList<>();

  void start(Runnable action) {
    CompletableFuture<Void> one = new CompletableFuture<>();
    all.add(one);
    Thread.ofVirtual()
        .name("leasehold-end")
        .start(
            () -> {
              try {
                action.run();
                one.complete(null);
              } catch (Throwable failure) {
                one.completeExceptionally(failure);
              }
            });
  }

  /**
   * Waits until all have ended.
   *
   * @throws java.util.concurrent.CompletionException when one of them threw
   */
  void join() {
    all().join();
  }

  /** Waits until all have ended, one way or the other, or the clock says {@code until}. */
  void join(Timers timers, long until) {
    CompletableFuture<Void> over = all().handle((done, failure) -> null);
    Timers.Timer timer = timers.at(until, () -> over.complete(null));
    over.join();
    timer.cancel();
  }

  private CompletableFuture<Void> all() {
    return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
  }
}
