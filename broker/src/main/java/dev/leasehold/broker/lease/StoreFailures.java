package dev.leasehold.broker.lease;

import dev.leasehold.broker.lease.LeaseOutcome.Problem;
import dev.leasehold.broker.lease.LeaseOutcome.Refused;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.telemetry.Outcome;

/** What a failure of the store is to the agent who waits, and to the metrics. */
final class StoreFailures {
  private StoreFailures() {}

  static Refused refusal(Credential credential, SecretStoreException failure) {
    Problem problem =
        switch (failure.kind()) {
          case UNAVAILABLE, UNANSWERED, DENIED -> Problem.VAULT_UNAVAILABLE;
          case NO_IDENTITY -> Problem.IDENTITY_UNAVAILABLE;
          case INVALID -> Problem.CREDENTIAL_INVALID;
        };
    String detail = "credential '" + credential.name() + "' could not be had: " + said(failure);
    return new Refused(problem, detail, failure.retryAfter());
  }

  private static String said(SecretStoreException failure) {
    return switch (failure.kind()) {
      case UNAVAILABLE -> "the secret store is not available";
      case UNANSWERED -> "the secret store did not answer";
      case DENIED -> "the secret store does not permit it";
      case NO_IDENTITY -> "there is no login to the secret store";
      case INVALID -> "the secret store has no such credential";
    };
  }

  static Outcome outcome(SecretStoreException failure) {
    return switch (failure.kind()) {
      case UNAVAILABLE -> Outcome.UNREACHABLE;
      case NO_IDENTITY, DENIED -> Outcome.DENIED;
      case UNANSWERED -> Outcome.TIMEOUT;
      case INVALID -> Outcome.NOT_FOUND;
    };
  }
}
