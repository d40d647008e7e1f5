package dev.leasehold.broker.vault;

import dev.leasehold.broker.secret.Liveness;

/** What the answer to a look-up proves. Anything but Vault's exact words proves nothing. */
final class Proof {
  private static final String INVALID_LEASE = "invalid lease";
  private static final String INVALID_ACCESSOR = "invalid accessor";
  private static final String TOKEN_NOT_FOUND = "token not found";

  private Proof() {}

  static Liveness ofLease(Attempt lookup) {
    return of(lookup, INVALID_LEASE);
  }

  static Liveness ofAccessor(Attempt lookup) {
    return of(lookup, INVALID_ACCESSOR);
  }

  private static Liveness of(Attempt lookup, String gone) {
    return switch (lookup) {
      case Attempt.Answered(VaultAnswer answer) ->
          // A 204 has nobody's data in it: whoever sent it did not look anything up.
          answer.status() == 200 && answer.object("data").isPresent()
              ? Liveness.ALIVE
              : Liveness.UNKNOWN;
      case Attempt.Refused(Refusal refusal, VaultAnswer answer) ->
          answer.failedWith(400, gone) ? Liveness.DEAD : Liveness.UNKNOWN;
      case Attempt.Failed failed -> Liveness.UNKNOWN;
    };
  }

  /** True when a revocation was refused because there is nothing left to revoke. */
  static boolean alreadyGone(VaultAnswer refused) {
    return refused.failedWith(400, INVALID_LEASE)
        || refused.failedWith(400, INVALID_ACCESSOR)
        || refused.failedWith(400, TOKEN_NOT_FOUND);
  }
}
