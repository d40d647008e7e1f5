package dev.leasehold.broker.policy;

import dev.leasehold.broker.task.Task;
import org.jspecify.annotations.Nullable;

/** What humans have agreed to so far. Looked up while deciding, so it neither blocks nor waits. */
@FunctionalInterface
public interface Consents {
  /** Nobody has agreed to anything. */
  Consents NONE = (rule, facts) -> null;

  /**
   * The break-glass by which a task may do what rules would not let it; null when there is none.
   *
   * @param use the credential that the call uses; null for none
   */
  default @Nullable String exception(Task task, @Nullable CredentialUse use) {
    return null;
  }

  /** The approval by which {@code rule} lets these facts pass; null when there is none. */
  @Nullable String given(PolicyRule rule, Facts facts);
}
