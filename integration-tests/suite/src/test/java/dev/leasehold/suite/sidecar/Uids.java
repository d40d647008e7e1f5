package dev.leasehold.suite.sidecar;

import dev.leasehold.testbed.server.Account;

/**
 * Who runs what. As root everybody has a uid of its own; otherwise all are us, which the sidecar
 * serves as {@code unsafe-same-uid} only.
 *
 * @param stranger has no entry under {@code callers}
 */
public record Uids(int sidecar, int agent, int neighbour, int stranger) {
  static Uids ofThisMachine() {
    int own = Account.uid();
    return own == 0 ? withSidecar(61001) : new Uids(own, own, own, own);
  }

  /** As root: the sidecar has this uid. */
  static Uids withSidecar(int sidecar) {
    return new Uids(sidecar, 61002, 61003, 61004);
  }

  public boolean areSeparate() {
    return agent != sidecar;
  }
}
