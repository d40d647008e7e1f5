package dev.leasehold.broker.client;

import java.io.Serial;

/** Why a command ends without what was asked for: words for people, and the exit status. */
final class ClientFailure extends Exception {
  @Serial private static final long serialVersionUID = 1;

  /** The sidecar said no. */
  static final int REFUSED = 1;

  /** The command line makes no sense; sysexits(3). */
  static final int USAGE = 64;

  /** The sidecar cannot be reached, or cannot do it now; sysexits(3). */
  static final int UNAVAILABLE = 69;

  private final int exitStatus;
  private final String hint;

  /**
   * @param hint what to do about it; may be empty
   */
  ClientFailure(int exitStatus, String message, String hint) {
    super(message);
    this.exitStatus = exitStatus;
    this.hint = hint;
  }

  static ClientFailure usage(String message) {
    return new ClientFailure(USAGE, message, "leasehold help");
  }

  static ClientFailure unavailable(String message, String hint) {
    return new ClientFailure(UNAVAILABLE, message, hint);
  }

  int exitStatus() {
    return exitStatus;
  }

  String hint() {
    return hint;
  }
}
