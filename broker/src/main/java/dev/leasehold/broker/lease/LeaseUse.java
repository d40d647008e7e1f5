package dev.leasehold.broker.lease;

import dev.leasehold.broker.secret.SecretFields;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One call's use of a lease: open until the call's last byte, redaction included, has drained. */
public final class LeaseUse implements AutoCloseable {
  private static final VarHandle CLOSED;

  static {
    try {
      CLOSED = MethodHandles.lookup().findVarHandle(LeaseUse.class, "closed", boolean.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final Lease lease;
  private volatile boolean closed;

  LeaseUse(Lease lease) {
    this.lease = lease;
  }

  public Lease lease() {
    return lease;
  }

  /**
   * Shows the secret's fields to {@code use}, which must not keep them.
   *
   * @throws IllegalStateException when this use is closed
   */
  public <R extends @Nullable Object> R lend(Function<SecretFields, R> use) {
    if (closed) {
      throw new IllegalStateException("this use of the lease is closed");
    }
    return use.apply(lease.fields());
  }

  /** Idempotent; any thread. */
  @Override
  public void close() {
    if (CLOSED.compareAndSet(this, false, true)) {
      lease.left();
    }
  }
}
