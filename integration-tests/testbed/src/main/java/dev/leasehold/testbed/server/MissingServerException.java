package dev.leasehold.testbed.server;

/** No allowed way to run a server exists on this machine; the message says what to install. */
public final class MissingServerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public MissingServerException(String message) {
    super(message);
  }
}
