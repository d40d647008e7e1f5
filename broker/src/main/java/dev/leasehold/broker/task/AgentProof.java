package dev.leasehold.broker.task;

import java.util.Locale;

/** How the agent's identity is known; {@link #isAtLeast} has their order. */
public enum AgentProof {
  UID,
  TOKEN,
  SVID;

  /** A token can be handed on, a uid is shared by all processes of a user, an SVID is its own. */
  public boolean isAtLeast(AgentProof weakest) {
    return strength() >= weakest.strength();
  }

  private int strength() {
    return switch (this) {
      case TOKEN -> 0;
      case UID -> 1;
      case SVID -> 2;
    };
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
