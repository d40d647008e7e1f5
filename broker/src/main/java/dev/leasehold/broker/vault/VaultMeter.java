package dev.leasehold.broker.vault;

import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.broker.telemetry.Outcome;
import dev.leasehold.broker.telemetry.VaultOperation;
import java.time.Duration;

/** Counts one call of Vault, its repetitions included. Must not block. */
@FunctionalInterface
interface VaultMeter {
  /** For commands, which nobody scrapes. */
  VaultMeter NONE = (operation, outcome, took) -> {};

  void call(VaultOperation operation, Outcome outcome, Duration took);

  static VaultMeter of(Metrics metrics) {
    return metrics::vaultRequest;
  }

  /** What a metric says of an attempt. */
  static Outcome outcome(Attempt attempt) {
    return switch (attempt) {
      case Attempt.Answered answered -> Outcome.OK;
      case Attempt.Refused(Refusal refusal, VaultAnswer answer) ->
          switch (answer.status()) {
            case 403 -> Outcome.DENIED;
            case 404 -> Outcome.NOT_FOUND;
            case 429 -> Outcome.LIMITED;
            // What a proof is made of: the store does not know the lease or token any more.
            default -> Proof.alreadyGone(answer) ? Outcome.NOT_FOUND : Outcome.FAILED;
          };
      case Attempt.Failed(Refusal refusal) ->
          switch (refusal.error().kind()) {
            case UNANSWERED -> Outcome.TIMEOUT;
            case UNAVAILABLE -> Outcome.UNREACHABLE;
            case NO_IDENTITY, DENIED, INVALID -> Outcome.FAILED;
          };
    };
  }
}
