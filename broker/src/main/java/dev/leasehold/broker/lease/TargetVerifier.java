package dev.leasehold.broker.lease;

/** Asks the place where a credential is used. Blocks, is bounded in time, throws nothing. */
@FunctionalInterface
public interface TargetVerifier {
  /**
   * @param username the name that the store's engine made there; never a secret
   */
  TargetProof verify(String username);
}
