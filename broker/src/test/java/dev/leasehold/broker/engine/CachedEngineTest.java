package dev.leasehold.broker.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.engine.EngineConfig.Sort;
import dev.leasehold.broker.policy.Engine;
import dev.leasehold.broker.policy.Fact;
import dev.leasehold.broker.policy.Facts;
import dev.leasehold.broker.policy.Opinion;
import dev.leasehold.broker.policy.PolicyFacts;
import dev.leasehold.broker.testing.ManualClock;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The very same question, and no other, has the answer of a moment ago. */
final class CachedEngineTest {
  private static final Set<Fact> MOMENT =
      Arrays.stream(Fact.values()).filter(Fact::isOfTheMoment).collect(Collectors.toSet());
  private static final Duration LIFE = Duration.ofSeconds(5);

  private final ManualClock clock = new ManualClock();
  private final PolicyFacts facts = new PolicyFacts(clock);
  private final AtomicInteger asked = new AtomicInteger();
  private Opinion answer = new Opinion.Allows("d-1");

  private final Engine engine =
      new Engine() {
        @Override
        public String name() {
          return "opa";
        }

        @Override
        public CompletionStage<Opinion> ask(Facts about) {
          asked.incrementAndGet();
          return CompletableFuture.completedFuture(answer);
        }
      };

  private final CachedEngine cached =
      new CachedEngine(engine, about -> FactsJson.of(about, MOMENT).encode(), LIFE, clock::nanos);

  private Opinion ask(String method, String path) {
    return cached.ask(facts.call(method, path)).toCompletableFuture().join();
  }

  private static EngineConfig.Asked config(Set<Fact> without, Duration cache) {
    return new EngineConfig.Asked(
        "opa", Sort.OPA, URI.create("http://127.0.0.1/"), LIFE, without, cache);
  }

  @Test
  void theSameQuestionIsAskedOnceInItsTime() {
    ask("GET", "/v1/a");
    answer = new Opinion.Denies("d-2", "");
    clock.pass(LIFE.minusMillis(1));

    assertEquals(new Opinion.Allows("d-1"), ask("GET", "/v1/a"));
    clock.pass(Duration.ofMillis(1));
    assertEquals(answer, ask("GET", "/v1/a"));
    assertEquals(2, asked.get());
  }

  @Test
  void anyOtherQuestionIsAskedForItself() {
    for (String path : new String[] {"/v1/a", "/v1/b", "/v1/a/"}) {
      ask("GET", path);
      ask("POST", path);
    }

    assertEquals(6, asked.get());
  }

  @Test
  void whatIsNoAnswerIsNotKept() {
    answer = new Opinion.Failed("it was not there");
    ask("GET", "/v1/a");
    answer = new Opinion.Allows("");

    assertEquals(answer, ask("GET", "/v1/a"));
  }

  @Test
  void itKeepsNoMoreThanItMay() {
    for (int i = 0; i <= CachedEngine.MOST; i++) {
      ask("GET", "/v1/" + i);
    }
    int before = asked.get();

    ask("GET", "/v1/0");

    assertEquals(before + 1, asked.get());
  }

  @Test
  void anEngineThatIsToldAnythingOfTheMomentIsNotCached() {
    assertTrue(config(MOMENT, LIFE).isCached());
    assertFalse(config(MOMENT, Duration.ZERO).isCached());
    for (Fact told : MOMENT) {
      Set<Fact> without = EnumSet.copyOf(MOMENT);
      without.remove(told);
      assertFalse(config(without, LIFE).isCached(), told.path());
    }
  }
}
