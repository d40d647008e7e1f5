package dev.leasehold.broker.vault;

/** What one attempt of a call came to. */
sealed interface Attempt {
  /** A success. */
  record Answered(VaultAnswer answer) implements Attempt {}

  /** Vault said no; {@code answer} has its words. */
  record Refused(Refusal refusal, VaultAnswer answer) implements Attempt {}

  /** No answer that could be read. */
  record Failed(Refusal refusal) implements Attempt {}
}
