package dev.leasehold.broker.secret;

import java.io.Serial;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The store did not do what was asked. The message never holds a secret or a token. */
public final class SecretStoreException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  /** What the caller can do about it. */
  public enum Kind {
    /** Not reachable, sealed, overloaded or broken; worth another try later. Nothing was done. */
    UNAVAILABLE,
    /** No login, heartbeat or identity to work with; nothing was sent. */
    NO_IDENTITY,
    /** Sent, and no answer came: the store may have done it, or may do it later. */
    UNANSWERED,
    /** Refused by the store's policy, or the token is dead. */
    DENIED,
    /** The store says that the request is wrong or its path does not exist; final. */
    INVALID
  }

  private final Kind kind;
  private final transient @Nullable Duration retryAfter;

  public SecretStoreException(Kind kind, String message) {
    this(kind, message, null, null);
  }

  public SecretStoreException(
      Kind kind, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.retryAfter = retryAfter;
  }

  public Kind kind() {
    return kind;
  }

  /** How long the store asked us to wait, if it did. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
