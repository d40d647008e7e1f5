package dev.leasehold.broker;

import java.io.Serial;

/** The words on the command line make no sense; the message says which. */
final class UsageException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message);
  }
}
