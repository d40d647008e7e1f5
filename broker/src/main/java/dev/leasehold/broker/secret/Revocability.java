package dev.leasehold.broker.secret;

/** How a credential ends; declared in the configuration, never guessed. */
public enum Revocability {
  /** Proven dead by a synchronous revocation. */
  HARD("hard"),
  /** Revoked as well as its engine can; what is left is said. */
  SOFT("soft"),
  /** Cannot be revoked: lives to its expiry. */
  TTL_ONLY("ttl-only"),
  /** No lease at all (KV): lives until somebody changes it. */
  STATIC("static");

  private final String word;

  Revocability(String word) {
    this.word = word;
  }

  /** The word of the configuration, the audit log and the metric label. */
  public String word() {
    return word;
  }
}
