package dev.leasehold.broker.telemetry;

/** A counter, looked up once. Any thread; never blocks. */
@FunctionalInterface
public interface Tally {
  void add(long count);
}
