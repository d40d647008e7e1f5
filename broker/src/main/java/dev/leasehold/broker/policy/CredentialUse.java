package dev.leasehold.broker.policy;

import java.time.Instant;
import java.util.Optional;

/**
 * What policy must know of a credential.
 *
 * @param owner whose it is
 * @param classification public, internal, confidential or restricted
 * @param revocability hard, soft, ttl-only or static
 * @param deniedAfter the end of a static credential's exception; empty for leased ones
 */
public record CredentialUse(
    String name,
    String owner,
    String classification,
    String revocability,
    Optional<Instant> deniedAfter) {

  /** One of which no more is known. */
  public CredentialUse(String name, Optional<Instant> deniedAfter) {
    this(name, "", "", "", deniedAfter);
  }
}
