package dev.leasehold.broker.delegation;

import java.io.Serial;

/** A grant that is not taken; the message says why, and never what was in it. */
public final class GrantRefused extends Exception {
  @Serial private static final long serialVersionUID = 1;

  GrantRefused(String why) {
    super(why, null, false, false);
  }

  public String why() {
    return String.valueOf(getMessage());
  }
}
