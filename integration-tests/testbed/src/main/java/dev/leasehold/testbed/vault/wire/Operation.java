package dev.leasehold.testbed.vault.wire;

import java.util.Locale;

/** What a request asks of a path; the names are those of policy capabilities. */
public enum Operation {
  CREATE,
  READ,
  UPDATE,
  DELETE,
  LIST;

  /**
   * Reads the operation from the HTTP method. A write is an update until the path says that the
   * thing does not exist yet.
   */
  public static Operation of(String method, boolean listQuery) {
    return switch (method.toUpperCase(Locale.ROOT)) {
      case "GET", "HEAD" -> listQuery ? LIST : READ;
      case "LIST" -> LIST;
      case "POST", "PUT" -> UPDATE;
      case "DELETE" -> DELETE;
      default -> throw Refusal.unsupportedOperation();
    };
  }

  /** Whether a body comes with it. */
  public boolean writes() {
    return this == CREATE || this == UPDATE;
  }
}
