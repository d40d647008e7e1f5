package dev.leasehold.testbed.vault.listener;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The faults in force, by the beginning of a request's path ({@code auth/token/create}, without
 * {@code /v1/}; empty for every path). The one added first that still counts decides. Thread-safe.
 */
public final class Faults {
  private static final int FOR_EVER = -1;

  private record Rule(String prefix, Fault fault, AtomicInteger left) {
    boolean take() {
      return left.get() == FOR_EVER || left.getAndUpdate(n -> Math.max(n - 1, 0)) > 0;
    }
  }

  private final List<Rule> rules = new CopyOnWriteArrayList<>();

  /** From now on, until {@link #clear}. */
  public void on(String prefix, Fault fault) {
    rules.add(new Rule(prefix, fault, new AtomicInteger(FOR_EVER)));
  }

  /** For the next so many requests. */
  public void next(int requests, String prefix, Fault fault) {
    rules.add(new Rule(prefix, fault, new AtomicInteger(requests)));
  }

  /** Answers with a status and one error text. */
  public void answer(String prefix, int status, String error) {
    on(prefix, new Fault.Answer(status, Map.of(), List.of(error)));
  }

  /** 429 as a rate-limit quota gives it. */
  public void tooManyRequests(String prefix, Duration retryAfter) {
    Map<String, String> headers = Map.of("Retry-After", String.valueOf(retryAfter.toSeconds()));
    on(
        prefix,
        new Fault.Answer(
            429, headers, List.of("request path \"" + prefix + "\": rate limit quota exceeded")));
  }

  /** Does the work of the next request and holds its answer until the latch is released. */
  public CountDownLatch holdNext(String prefix) {
    CountDownLatch release = new CountDownLatch(1);
    next(1, prefix, new Fault.HoldAnswer(release));
    return release;
  }

  public void clear() {
    rules.clear();
  }

  Optional<Fault> of(String path) {
    return rules.stream()
        .filter(rule -> path.startsWith(rule.prefix))
        .filter(Rule::take)
        .map(Rule::fault)
        .findFirst();
  }
}
