package dev.leasehold.broker.vault;

import java.util.HashMap;
import java.util.Map;

/**
 * How many task tokens each generation has: a replaced one is kept for as long as that is not zero.
 * Safe for several threads.
 */
final class TaskTokens {
  private record Entry(String generation, long forgetAtNanos) {}

  private final Map<String, Entry> byAccessor = new HashMap<>();
  private final Map<String, Integer> reserved = new HashMap<>();

  /** Counts a token that is about to be made. */
  synchronized void reserve(String generation) {
    reserved.merge(generation, 1, Integer::sum);
  }

  /** Takes back {@link #reserve}: the token was made, or will not be. */
  synchronized void release(String generation) {
    reserved.computeIfPresent(generation, (id, count) -> count == 1 ? null : count - 1);
  }

  /**
   * Counts a token until it is known to be revoked.
   *
   * @param forgetAtNanos when it cannot be alive any more, whoever failed to tell
   */
  synchronized void made(String accessor, String generation, long forgetAtNanos) {
    byAccessor.put(accessor, new Entry(generation, forgetAtNanos));
  }

  /** The token is revoked. Another's accessor changes nothing. */
  synchronized void ended(String accessor) {
    byAccessor.remove(accessor);
  }

  synchronized boolean hasAny(String generation, long now) {
    byAccessor.values().removeIf(entry -> entry.forgetAtNanos() - now <= 0);
    return reserved.containsKey(generation)
        || byAccessor.values().stream().anyMatch(entry -> entry.generation().equals(generation));
  }
}
