package dev.leasehold.broker.inject;

/**
 * Why a credential cannot be put into a call.
 *
 * @param detail for the agent; never the secret
 */
public record InjectionRefusal(Reason reason, String detail) {
  /** The kinds of refusal. */
  public enum Reason {
    FIELD_MISSING,
    /** It has bytes that would change the message, or too few to be a secret. */
    UNUSABLE,
    /** It is for database wires. */
    NOT_FOR_HTTP
  }
}
