package dev.leasehold.testbed.vault.token;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The tree of tokens. A revocation goes depth first, one token after the other, children before
 * their parent; each token's end is told to one listener, which sees to what was leased with it.
 * Thread-safe: the tree is guarded by one lock, and the listener runs under it.
 */
public final class Tokens {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Token> byId = new HashMap<>();
  private final Map<String, Token> byAccessor = new HashMap<>();
  private final Map<String, Set<Token>> children = new HashMap<>();
  private final ScheduledExecutorService timer;
  private final Consumer<Token> ended;

  /**
   * @param timer runs expiries
   * @param ended hears of every token that is gone, whatever ended it; must not block
   */
  public Tokens(ScheduledExecutorService timer, Consumer<Token> ended) {
    this.timer = timer;
    this.ended = ended;
  }

  public Token create(TokenSpec spec) {
    Token token = new Token("hvs." + Secrets.base62(24), Secrets.base62(24), spec, Instant.now());
    lock.lock();
    try {
      byId.put(token.id(), token);
      byAccessor.put(token.accessor(), token);
      Token parent = spec.parent();
      if (parent != null) {
        children.computeIfAbsent(parent.id(), id -> new LinkedHashSet<>()).add(token);
      }
    } finally {
      lock.unlock();
    }
    expireInTime(token);
    return token;
  }

  /** The token if it is alive; from its expiry on it is not, even where its end lags behind. */
  public Optional<Token> find(String id) {
    return alive(byId, id);
  }

  public Optional<Token> findByAccessor(String accessor) {
    return alive(byAccessor, accessor);
  }

  /** Counts one use of the token; false when it has none left. */
  public boolean use(Token token) {
    return token.use();
  }

  public List<String> accessors() {
    lock.lock();
    try {
      return List.copyOf(byAccessor.keySet());
    } finally {
      lock.unlock();
    }
  }

  /** Gives the token a new life from now on, never beyond {@code limit}. */
  public void renew(Token token, Duration ttl, Optional<Instant> limit) {
    Instant now = Instant.now();
    Instant until = now.plus(ttl);
    token.renew(now, limit.filter(until::isAfter).orElse(until));
    expireInTime(token);
  }

  /** Ends the token and all that descend from it; on return none of them is accepted any more. */
  public void revoke(Token token) {
    lock.lock();
    try {
      revokeTree(token);
    } finally {
      lock.unlock();
    }
  }

  /** Ends the token alone; its children become orphans of a dead parent and live on. */
  public void revokeAlone(Token token) {
    lock.lock();
    try {
      children.remove(token.id());
      forget(token);
    } finally {
      lock.unlock();
    }
  }

  private void revokeTree(Token token) {
    Collection<Token> below = children.getOrDefault(token.id(), Set.of());
    new ArrayList<>(below).forEach(this::revokeTree);
    children.remove(token.id());
    forget(token);
  }

  private void forget(Token token) {
    if (byId.remove(token.id()) == null) {
      return;
    }
    byAccessor.remove(token.accessor());
    Token parent = token.spec().parent();
    if (parent != null && children.containsKey(parent.id())) {
      children.getOrDefault(parent.id(), Set.of()).remove(token);
    }
    ended.accept(token);
  }

  private Optional<Token> alive(Map<String, Token> index, String key) {
    lock.lock();
    try {
      return Optional.ofNullable(index.get(key)).filter(t -> !t.expired(Instant.now()));
    } finally {
      lock.unlock();
    }
  }

  private void expireInTime(Token token) {
    Instant end = token.expires();
    if (end == null) {
      return;
    }
    long wait = Math.max(Duration.between(Instant.now(), end).toMillis() + 1, 0);
    var unused =
        timer.schedule(
            () -> {
              if (token.expired(Instant.now())) {
                revoke(token);
              }
            },
            wait,
            TimeUnit.MILLISECONDS);
  }
}
