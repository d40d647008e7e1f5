package dev.leasehold.broker.audit;

import dev.leasehold.broker.telemetry.Problem;
import java.time.Instant;

/** What concerns the whole sidecar, its operators and its identity. */
public sealed interface BrokerEvent extends AuditEvent {
  /** Serving begins. */
  record Started(String version, String policyVersion) implements BrokerEvent {}

  record Stopped(String cause) implements BrokerEvent {}

  /** From here on this configuration decides. */
  record ConfigLoaded(String policyVersion) implements BrokerEvent {}

  /** A new configuration was not taken; the old one goes on. */
  record ConfigRefused(String policyVersion, String cause) implements BrokerEvent {}

  /**
   * Somebody at the control API was not let in, not allowed this, or asked in vain.
   *
   * @param path as the API describes it; empty, like {@code method}, where it has no such call
   * @param rule the rule that decided; empty where none did
   */
  record CallerRefused(String caller, Problem problem, String method, String path, String rule)
      implements BrokerEvent {}

  /** The same once more, so often that it was only counted. */
  record CallersRefused(String caller, long unwritten) implements BrokerEvent {}

  /** Everything is being revoked, and opening is locked. */
  record Locked(String cause) implements BrokerEvent {}

  record Unlocked() implements BrokerEvent {}

  /** A login succeeded. */
  record GenerationOpened(String generation, Instant expires) implements BrokerEvent {}

  /** A login can be used no more; its tasks are fenced. */
  record GenerationLost(String generation, String cause) implements BrokerEvent {}

  /** A login's token is known to be dead. */
  record GenerationClosed(String generation) implements BrokerEvent {}

  /** Where a file begins, or where the chain goes on after something went wrong. */
  record LogContinued(String cause) implements BrokerEvent {}
}
