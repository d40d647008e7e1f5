package dev.leasehold.testbed.vault.policy;

import java.util.Locale;

/** What a policy may grant on a path. */
public enum Capability {
  CREATE,
  READ,
  UPDATE,
  DELETE,
  LIST,
  PATCH,
  SUDO,
  DENY,
  SUBSCRIBE,
  RECOVER;

  /** The word in a policy's text. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
