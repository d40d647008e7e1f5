package dev.leasehold.broker.identity;

import io.spiffe.exception.X509ContextException;
import org.jspecify.annotations.Nullable;

/** What a failure of the Workload API means. */
enum WorkloadFailure {
  /**
   * What we had is ours no more: permission denied, or an answer that replaces the last one and
   * cannot be used (SPIFFE Workload API §4.4 and §5.2.1: absence is redaction).
   */
  WITHDRAWN,
  /** Nobody answers; what we have stays ours until it expires. */
  UNREACHABLE;

  static WorkloadFailure of(Throwable failure) {
    for (Throwable t = failure.getCause(); t != null; t = t.getCause()) {
      // The gRPC classes are not ours to name: java-spiffe hides them from those who compile.
      String message = t.getMessage();
      if (message != null && message.startsWith("PERMISSION_DENIED")) {
        return WITHDRAWN;
      }
      if (t instanceof X509ContextException) {
        return WITHDRAWN;
      }
    }
    return UNREACHABLE;
  }

  /** Whether what was asked was wrong, rather than the asking. */
  static boolean isInvalidArgument(Throwable failure) {
    for (@Nullable Throwable t = failure; t != null; t = t.getCause()) {
      String message = t.getMessage();
      if (message != null && message.startsWith("INVALID_ARGUMENT")) {
        return true;
      }
    }
    return false;
  }

  /** The innermost message, on one line. */
  static String reason(Throwable failure) {
    String reason = failure.getClass().getSimpleName();
    for (@Nullable Throwable t = failure; t != null; t = t.getCause()) {
      String message = t.getMessage();
      if (message != null && !message.isBlank()) {
        reason = message;
      }
    }
    return reason.replaceAll("\\s+", " ").strip();
  }
}
