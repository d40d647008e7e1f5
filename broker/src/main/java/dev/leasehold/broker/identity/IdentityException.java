package dev.leasehold.broker.identity;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** There is no identity to work with; the message says why. */
public final class IdentityException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  IdentityException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
