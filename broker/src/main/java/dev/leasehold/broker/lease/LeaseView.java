package dev.leasehold.broker.lease;

import dev.leasehold.broker.secret.Revocability;
import java.time.Instant;
import java.util.Optional;

/**
 * What may be shown of a lease.
 *
 * @param digest as in the audit log
 * @param state how far its end is
 * @param expiresAt when the store lets it die unless renewed; empty where it keeps no lease
 */
public record LeaseView(
    String credential,
    Revocability revocability,
    String owner,
    String classification,
    String digest,
    State state,
    Instant issuedAt,
    Optional<Instant> expiresAt) {

  /** How far a lease's end is. */
  public enum State {
    HELD("held"),
    ENDING("ending"),
    PROVEN("proven"),
    RESIDUAL("residual");

    private final String word;

    State(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }
}
