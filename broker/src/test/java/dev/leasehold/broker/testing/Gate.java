package dev.leasehold.broker.testing;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Holds whoever comes, until a test opens it. */
public final class Gate implements FakeSecretStore.Step {
  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch open = new CountDownLatch(1);

  @Override
  public void take(String subject) {
    arrived.countDown();
    await(open);
  }

  /** Returns when somebody waits at it. */
  public void awaitArrival() {
    await(arrived);
  }

  public void open() {
    open.countDown();
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new AssertionError("nobody came, or nobody opened");
      }
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
      throw new AssertionError(asked);
    }
  }
}
