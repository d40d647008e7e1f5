package dev.leasehold.broker.identity;

/** Is told what became of our identity: in order, never two at once, on a thread that may block. */
public interface IdentityListener {
  /** A new X.509-SVID took the place of the last, or the first one came. */
  void rotated(IdentitySnapshot snapshot);

  /** The same SVID, other trust authorities. */
  void bundleChanged(IdentitySnapshot snapshot);

  /** No identity any more: expired, or withdrawn by the Workload API. */
  void lost(String reason);
}
