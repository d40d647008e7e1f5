package dev.leasehold.broker.upstream;

/**
 * Why a target could not be used.
 *
 * @param detail for the agent; neither the target's words nor the request's
 */
public record UpstreamFailure(Kind kind, String detail) {
  /** The kinds of failure; each has one problem name. */
  public enum Kind {
    /** A name led to an address that may not be dialled; nothing was connected. */
    ADDRESS_REFUSED,
    /** No address, or nobody who accepts there. */
    CONNECT,
    /** The certificate or the handshake; nothing of the request was sent. */
    TLS,
    /** The connection broke, or what came was no answer. */
    RESET,
    /** Too slow. */
    TIMEOUT,
    /** The answer is coded in a way that cannot be looked into. */
    ENCODING,
    /** As many connections as the destination's limits allow. */
    LIMIT,
    /** The certificate that the connection was to show cannot be used; nothing was sent. */
    CREDENTIAL,
    /** There is no SVID to show. */
    IDENTITY,
    /** The task's connections are closed. */
    TASK_ENDED
  }
}
