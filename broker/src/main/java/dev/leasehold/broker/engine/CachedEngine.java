package dev.leasehold.broker.engine;

import dev.leasehold.broker.policy.Engine;
import dev.leasehold.broker.policy.Facts;
import dev.leasehold.broker.policy.Opinion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Gives an engine's last answer to the very same question for a while. Lives as long as one
 * configuration, so that another policy begins with nothing. What is no clear answer is not kept.
 */
final class CachedEngine implements Engine {
  /** Questions that are kept; the next one begins anew with none. */
  static final int MOST = 10_000;

  private record Kept(Opinion opinion, long untilNanos) {}

  private final Engine engine;
  private final Function<Facts, String> question;
  private final Duration life;
  private final LongSupplier nanos;
  private final Map<String, Kept> kept = new ConcurrentHashMap<>();

  /**
   * @param question all that the engine is told of a call; two that are equal have one answer
   */
  CachedEngine(Engine engine, Function<Facts, String> question, Duration life, LongSupplier nanos) {
    this.engine = engine;
    this.question = question;
    this.life = life;
    this.nanos = nanos;
  }

  @Override
  public String name() {
    return engine.name();
  }

  @Override
  public CompletionStage<Opinion> ask(Facts facts) {
    String asked = digest(question.apply(facts)); // paths are long, and agents choose them
    Kept before = kept.get(asked);
    long now = nanos.getAsLong();
    if (before != null && before.untilNanos() - now > 0) {
      return CompletableFuture.completedFuture(before.opinion());
    }
    return engine
        .ask(facts)
        .thenApply(
            opinion -> {
              if (!(opinion instanceof Opinion.Failed)) {
                keep(asked, new Kept(opinion, now + life.toNanos()));
              }
              return opinion;
            });
  }

  private void keep(String asked, Kept answer) {
    if (kept.size() >= MOST) {
      long now = nanos.getAsLong();
      kept.values().removeIf(old -> old.untilNanos() - now <= 0);
    }
    if (kept.size() >= MOST) {
      kept.clear();
    }
    kept.put(asked, answer);
  }

  private static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return new String(digest, StandardCharsets.ISO_8859_1);
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
