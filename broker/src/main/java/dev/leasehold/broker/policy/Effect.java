package dev.leasehold.broker.policy;

import java.util.Locale;

/** What a rule does where it matches; the one that wins over the others first. */
public enum Effect {
  DENY,
  REQUIRE_APPROVAL,
  ALLOW;

  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
