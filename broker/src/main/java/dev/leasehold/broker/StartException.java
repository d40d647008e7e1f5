package dev.leasehold.broker;

/** Serving could not begin; the message says what to do and holds no secret. */
final class StartException extends Exception {
  private static final long serialVersionUID = 1;

  StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
