package dev.leasehold.broker.policy;

import java.util.concurrent.CompletionStage;

/** Somebody else who decides as well: all engines have to agree to what the rules allow. */
public interface Engine {
  /** As denials, the audit log and the metrics name it. */
  String name();

  /**
   * Asks about one call; does not block. Completes within the engine's own limit, and never with an
   * exception: what goes wrong is an {@link Opinion.Failed}.
   */
  CompletionStage<Opinion> ask(Facts facts);
}
