package dev.leasehold.experiments;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Does the same with many things at once. */
final class Crowd {
  private Crowd() {}

  /** What is done with each. */
  @FunctionalInterface
  interface Deed<T, R> {
    R of(T thing) throws IOException;
  }

  /** The results in the order of the things. */
  static <T, R> List<R> each(int atOnce, List<T> things, Deed<T, R> deed)
      throws IOException, InterruptedException {
    try (ExecutorService threads =
        Executors.newFixedThreadPool(atOnce, Thread.ofPlatform().daemon().factory())) {
      List<Future<R>> futures = new ArrayList<>();
      for (T thing : things) {
        futures.add(threads.submit(() -> deed.of(thing)));
      }
      List<R> results = new ArrayList<>();
      for (Future<R> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException failed) {
      throw new IOException(failed.getCause());
    }
  }
}
