package dev.leasehold.broker.policy;

import java.time.Instant;
import java.util.Optional;

/**
 * What policy must know of a credential.
 *
 * @param deniedAfter the end of a static credential's exception; empty for leased ones
 */
public record CredentialUse(String name, Optional<Instant> deniedAfter) {}
