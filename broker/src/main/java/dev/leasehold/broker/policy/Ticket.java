package dev.leasehold.broker.policy;

/** Says that a human has agreed to one call, which carries it. Made by whoever asked. */
public interface Ticket {
  /** Of the approval. */
  String id();

  /** The rule that asked, as it was then: it is none for another rule of the same name. */
  PolicyRule rule();
}
