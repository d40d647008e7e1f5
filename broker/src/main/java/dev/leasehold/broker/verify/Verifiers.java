package dev.leasehold.broker.verify;

import dev.leasehold.broker.lease.TargetVerifier;
import dev.leasehold.broker.lease.VerifierConfig;

/** Makes the verifier of a credential. */
public final class Verifiers {
  private Verifiers() {}

  /** Connects to nothing yet; a verifier may be used by several threads. */
  public static TargetVerifier of(VerifierConfig config) {
    return switch (config) {
      case VerifierConfig.Postgresql postgresql -> new PostgresqlVerifier(postgresql);
      case VerifierConfig.Rabbitmq rabbitmq -> new RabbitmqVerifier(rabbitmq);
    };
  }
}
