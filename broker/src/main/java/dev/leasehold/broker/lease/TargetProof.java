package dev.leasehold.broker.lease;

/** What the place where a credential is used says of it. */
public enum TargetProof {
  /** Neither the account nor a session of it is there. */
  GONE,
  /** The account, or a session of it, is still there. */
  PRESENT,
  /** Nobody answered, or not with a proof. */
  UNKNOWN
}
