package dev.leasehold.broker.lease;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The journal cannot be opened or written; its message is fit for an operator. */
public final class JournalException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  JournalException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
