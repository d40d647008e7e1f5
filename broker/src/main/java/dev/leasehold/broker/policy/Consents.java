package dev.leasehold.broker.policy;

import org.jspecify.annotations.Nullable;

/** What humans have agreed to so far. Looked up while deciding, so it neither blocks nor waits. */
@FunctionalInterface
public interface Consents {
  /** Nobody has agreed to anything. */
  Consents NONE = (rule, facts) -> null;

  /** The approval by which {@code rule} lets these facts pass; null when there is none. */
  @Nullable String given(PolicyRule rule, Facts facts);
}
