package dev.leasehold.broker.policy;

/** Says that a human has agreed to one call, which carries it. Made by whoever asked. */
public interface Ticket {
  /** Of the approval. */
  String id();

  /** The place of the rule that asked. */
  String rule();
}
