package dev.leasehold.broker.task;

import java.util.Locale;

/** How the agent's identity is known. */
public enum AgentProof {
  UID,
  TOKEN,
  SVID;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
