package dev.leasehold.broker.policy;

/** What one engine says of one call. */
public sealed interface Opinion {
  /** The engine's own name of this decision; empty when it gave none. */
  String id();

  /** It may be made, if what it asks for besides is done. */
  record Allows(String id, Obligations obligations) implements Opinion {
    /** It may be made. */
    public Allows(String id) {
      this(id, Obligations.NONE);
    }
  }

  /**
   * It may not.
   *
   * @param reason what the engine calls the reason; may be empty
   */
  record Denies(String id, String reason) implements Opinion {}

  /**
   * The engine could not be asked, or did not say.
   *
   * @param detail why; nothing of what it answered
   */
  record Failed(String detail) implements Opinion {
    @Override
    public String id() {
      return "";
    }
  }
}
