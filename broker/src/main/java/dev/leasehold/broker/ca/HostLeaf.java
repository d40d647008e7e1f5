package dev.leasehold.broker.ca;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The leaf of one host: minted for the first who asks while all others wait for the same one, and
 * again, behind the backs of those who ask, when its end comes near. Safe for several threads;
 * never blocks.
 */
final class HostLeaf {
  private static final Duration RENEWED_BEFORE_END = Duration.ofDays(2);

  private final String host;
  private final Authority authority;
  private final InstantSource clock;
  private final AtomicReference<@Nullable CompletableFuture<Leaf>> current =
      new AtomicReference<>();
  private final AtomicBoolean renewing = new AtomicBoolean();

  HostLeaf(String host, Authority authority, InstantSource clock) {
    this.host = host;
    this.authority = authority;
    this.clock = clock;
  }

  CompletableFuture<Leaf> get() {
    CompletableFuture<Leaf> have = current.get();
    if (have == null || have.isCompletedExceptionally()) {
      return replace(have);
    }
    if (!have.isDone()) {
      return have;
    }
    Leaf leaf = have.join();
    Instant now = clock.instant();
    if (now.isBefore(leaf.notAfter().minus(RENEWED_BEFORE_END))) {
      return have;
    }
    if (!now.isBefore(leaf.notAfter())) {
      return replace(have);
    }
    if (leaf.notAfter().isBefore(authority.notAfter()) && renewing.compareAndSet(false, true)) {
      onVirtualThread(() -> renew(have));
    }
    return have;
  }

  private CompletableFuture<Leaf> replace(@Nullable CompletableFuture<Leaf> old) {
    CompletableFuture<Leaf> next = new CompletableFuture<>();
    if (!current.compareAndSet(old, next)) {
      return get(); // another was faster
    }
    onVirtualThread(() -> mint(next));
    return next;
  }

  private void renew(CompletableFuture<Leaf> old) {
    try {
      CompletableFuture<Leaf> next = new CompletableFuture<>();
      mint(next);
      if (!next.isCompletedExceptionally()) {
        current.compareAndSet(old, next);
      }
    } finally {
      renewing.set(false);
    }
  }

  private void mint(CompletableFuture<Leaf> into) {
    try {
      into.complete(authority.mint(host, clock.instant()));
    } catch (GeneralSecurityException | RuntimeException failure) {
      into.completeExceptionally(failure);
    }
  }

  private static void onVirtualThread(Runnable work) {
    Thread.ofVirtual().name("leaf").start(work);
  }
}
