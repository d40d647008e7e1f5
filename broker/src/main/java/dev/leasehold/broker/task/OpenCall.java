package dev.leasehold.broker.task;

/** A call in flight, as its task knows it: something that can be cut at once, from any thread. */
@FunctionalInterface
public interface OpenCall {
  /** Ends the call now; called once, must not block. */
  void cut();
}
