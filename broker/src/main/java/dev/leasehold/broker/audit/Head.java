package dev.leasehold.broker.audit;

/**
 * The end of a chain: what its next line continues.
 *
 * @param seq of the last line; 0 before the first
 * @param hash of the last line, in hex
 */
record Head(long seq, String hash) {
  /** Before the first line. */
  static final Head NONE = new Head(0, "0".repeat(64));
}
