package dev.leasehold.broker.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The leases of one task that its calls may be given now, for whoever has to know their secrets
 * without calling anybody. Any thread; without a lock.
 */
public final class LiveLeases {
  private final List<Lease> leases = new CopyOnWriteArrayList<>();
  private final List<Runnable> watchers = new CopyOnWriteArrayList<>();

  LiveLeases() {}

  /** Comes before any call can have the lease. */
  void came(Lease lease) {
    leases.add(lease);
    if (lease.isEnded()) {
      leases.remove(lease); // its end may have been here before
    }
    watchers.forEach(Runnable::run);
  }

  void ended(Lease lease) {
    if (leases.remove(lease)) {
      watchers.forEach(Runnable::run);
    }
  }

  /** A use of each; to be closed by the caller, and soon. */
  public List<LeaseUse> use() {
    List<LeaseUse> uses = new ArrayList<>(2);
    for (Lease lease : leases) {
      LeaseUse use = lease.tryUse();
      if (use != null) {
        uses.add(use);
      }
    }
    return uses;
  }

  /**
   * Has the one who watches told of every lease that comes or ends: in the thread of whoever brings
   * or ends it, so it must not block.
   */
  public void watch(Runnable changed) {
    watchers.add(changed);
  }
}
