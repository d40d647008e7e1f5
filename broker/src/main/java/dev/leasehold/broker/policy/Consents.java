package dev.leasehold.broker.policy;

/** What humans have agreed to so far. Looked up while deciding, so it neither blocks nor waits. */
@FunctionalInterface
public interface Consents {
  /** Nobody has agreed to anything. */
  Consents NONE = (rule, facts) -> false;

  /** Whether somebody has agreed that {@code rule} lets these facts pass. */
  boolean given(PolicyRule rule, Facts facts);
}
