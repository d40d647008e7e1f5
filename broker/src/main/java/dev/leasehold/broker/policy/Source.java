package dev.leasehold.broker.policy;

import java.util.Locale;

/** How Leasehold knows a fact. */
public enum Source {
  /** Leasehold sees it for itself, or its configuration says so. */
  OBSERVED,
  /** Somebody showed a proof of it that Leasehold checked. */
  PROVEN,
  /** Somebody says so: it may narrow what a call may do, and never widen it. */
  ASSERTED;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
