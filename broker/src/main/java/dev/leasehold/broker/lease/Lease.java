package dev.leasehold.broker.lease;

import dev.leasehold.broker.secret.SecretFields;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One secret given by the store for one task. Opaque: its bytes are lent through a {@link LeaseUse}
 * only. Ending it refuses new uses at once; the bytes are wiped when the last use is closed. Safe
 * for several threads, without a lock.
 */
public final class Lease {
  private static final int ENDED = Integer.MIN_VALUE;

  private final Credential credential;
  private final SecretFields fields;
  private final String digest;
  private final String requestId;
  private final Instant issuedAt;
  private final long version;
  private final LiveLeases among;

  /** The number of open uses, and {@link #ENDED} once no more may come. */
  private final AtomicInteger uses = new AtomicInteger();

  /** On the boot clock; moves on when the lease is renewed. */
  private volatile long diesAtNanos;

  Lease(
      Credential credential,
      SecretFields fields,
      String digest,
      String requestId,
      Instant issuedAt,
      long version,
      long diesAtNanos,
      LiveLeases among) {
    this.credential = credential;
    this.fields = fields;
    this.digest = digest;
    this.requestId = requestId;
    this.issuedAt = issuedAt;
    this.version = version;
    this.diesAtNanos = diesAtNanos;
    this.among = among;
  }

  public Credential credential() {
    return credential;
  }

  /** Grows with every new secret of one task's credential: connections keep to one version. */
  public long version() {
    return version;
  }

  /** A keyed digest of the store's lease id, under a key that this process alone knows. */
  public String digest() {
    return digest;
  }

  /** The store's own id of the request that made it. */
  public String requestId() {
    return requestId;
  }

  public Instant issuedAt() {
    return issuedAt;
  }

  /** Null when it has ended. */
  @Nullable LeaseUse tryUse() {
    int current = uses.get();
    while (current >= 0) {
      if (uses.compareAndSet(current, current + 1)) {
        return new LeaseUse(this);
      }
      current = uses.get();
    }
    return null;
  }

  /** Refuses new uses from here on; idempotent. */
  void end() {
    if (uses.getAndUpdate(count -> count | ENDED) == 0) {
      fields.destroy();
    }
    among.ended(this);
  }

  boolean isEnded() {
    return uses.get() < 0;
  }

  void left() {
    if (uses.decrementAndGet() == ENDED) {
      fields.destroy();
    }
  }

  SecretFields fields() {
    return fields;
  }

  boolean isAliveAt(long nowNanos) {
    return diesAtNanos - nowNanos > 0;
  }

  long diesAtNanos() {
    return diesAtNanos;
  }

  void livesUntil(long nanos) {
    diesAtNanos = nanos;
  }

  @Override
  public String toString() {
    return "Lease[" + credential.name() + " " + digest + "]";
  }
}
