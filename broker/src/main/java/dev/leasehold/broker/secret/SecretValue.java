package dev.leasehold.broker.secret;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one secret, in one place that can be wiped.
 *
 * <p>Nobody is given the bytes: {@link #lend} shows them to one function, which must not keep them.
 * {@link #destroy} overwrites them with zeroes; it waits for no one, so the owner (a lease) counts
 * its users first. Safe for use by several threads.
 */
public final class SecretValue {
  private byte @Nullable [] bytes;

  private SecretValue(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Wraps {@code bytes} without a copy; the caller gives them up. */
  public static SecretValue takeOwnershipOf(byte[] bytes) {
    return new SecretValue(bytes);
  }

  /** Wraps a copy of {@code bytes}; the caller still has its own to wipe. */
  public static SecretValue copyOf(byte[] bytes) {
    return new SecretValue(bytes.clone());
  }

  /**
   * Shows the bytes to {@code use} and returns its result.
   *
   * @throws IllegalStateException when the value was destroyed
   */
  public <R extends @Nullable Object> R lend(Function<byte[], R> use) {
    byte[] current;
    synchronized (this) {
      current = bytes;
    }
    if (current == null) {
      throw new IllegalStateException("the secret was destroyed");
    }
    return use.apply(current);
  }

  /** The number of bytes; 0 once destroyed. */
  public synchronized int length() {
    return bytes == null ? 0 : bytes.length;
  }

  /** Overwrites the bytes with zeroes; idempotent. */
  public synchronized void destroy() {
    if (bytes != null) {
      Arrays.fill(bytes, (byte) 0);
      bytes = null;
    }
  }

  public synchronized boolean isDestroyed() {
    return bytes == null;
  }

  /** Constant-time in the content; a destroyed value equals nothing. */
  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof SecretValue that)) {
      return false;
    }
    if (this == that) {
      return true;
    }
    return !isDestroyed()
        && !that.isDestroyed()
        && this.<Boolean>lend(mine -> that.<Boolean>lend(its -> MessageDigest.isEqual(mine, its)));
  }

  /** One value for all, so that a hash never tells anything of the content. */
  @Override
  public int hashCode() {
    return SecretValue.class.hashCode();
  }

  @Override
  public String toString() {
    return "SecretValue[masked]";
  }
}
