package dev.leasehold.broker.approval;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** One line of a group: who belongs to it. */
public sealed interface ApproverRule {
  /** By the kernel's word on a socket of this machine. */
  record Uid(int uid) implements ApproverRule {}

  /** By a JWT-SVID whose audience is the sidecar. */
  record Svid(String spiffeId) implements ApproverRule {}

  /**
   * By a token of an OpenID provider (OpenID Connect Core §2) whose claim has one of the values.
   *
   * @param keys the provider's public keys, a JWK set (RFC 7517 §5); where there is none they are
   *     found by the issuer (OpenID Connect Discovery 1.0 §4)
   */
  record Oidc(String issuer, String audience, String claim, Set<String> values, Optional<Path> keys)
      implements ApproverRule {
    public Oidc {
      values = Set.copyOf(values);
    }
  }
}
