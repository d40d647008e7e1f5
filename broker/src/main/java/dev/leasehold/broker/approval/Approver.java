package dev.leasehold.broker.approval;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A human who may answer, as this one call proved it.
 *
 * @param subject who it is, the same at every call: {@code uid:2001}, a SPIFFE ID, or issuer and
 *     subject of a token
 * @param groups the groups of the configuration that have this approver
 * @param authenticatedAt when the human last proved to be there, where the proof says so
 */
public record Approver(String subject, Set<String> groups, Optional<Instant> authenticatedAt) {
  public Approver {
    groups = Set.copyOf(groups);
  }
}
