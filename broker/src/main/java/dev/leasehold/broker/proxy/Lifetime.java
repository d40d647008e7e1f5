package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.Limits;
import dev.leasehold.broker.http.Persistence;
import dev.leasehold.broker.http.RequestHead;
import dev.leasehold.broker.proxy.Answers.Persisting;
import java.time.Duration;

/**
 * Whether an agent's connection goes on after a call, and how long it may stay without one. On its
 * event loop.
 */
final class Lifetime {
  /** How long what an agent still sends is thrown away, so that it can read the last answer. */
  private static final long LINGER_NANOS = Duration.ofSeconds(2).toNanos();

  private final Serving serving;
  private final Door door;
  private boolean version11 = true;
  private boolean keepsAlive;
  private boolean headBegun;
  private long waitsUntil;

  Lifetime(Serving serving, Door door) {
    this.serving = serving;
    this.door = door;
    // Who has said nothing yet may be anybody, and holds a connection that others need.
    this.waitsUntil = System.nanoTime() + headerRead().toNanos();
  }

  /** No request is there, and there was one before. */
  void idles() {
    headBegun = false;
    waitsUntil = System.nanoTime() + Limits.DEFAULT.idle().toNanos();
  }

  /** The first bytes of a request are there: the reading of its head is bounded as a whole. */
  void headBegins() {
    if (!headBegun) {
      headBegun = true;
      waitsUntil = System.nanoTime() + headerRead().toNanos();
    }
  }

  private Duration headerRead() {
    RuleSet rules = serving.rules().get();
    return door.destinationName()
        .flatMap(rules.policy()::destination)
        .map(destination -> destination.limits().headerRead())
        .orElse(rules.longestHeaderRead());
  }

  void asked(RequestHead head) {
    version11 = head.isVersion11();
    keepsAlive = Persistence.keepsAlive(head.fields(), version11);
  }

  /** The connection ends with this call. */
  void ends() {
    keepsAlive = false;
  }

  boolean goesOn() {
    return keepsAlive;
  }

  /**
   * What an answer that begins now has to say.
   *
   * @param goesOn whether what is known of the call lets the connection go on
   */
  Persisting persisting(boolean goesOn) {
    keepsAlive &= goesOn;
    if (!keepsAlive) {
      return Persisting.CLOSED;
    }
    return version11 ? Persisting.BY_DEFAULT : Persisting.KEPT;
  }

  /** The last answer was written. */
  void lingers() {
    waitsUntil = System.nanoTime() + LINGER_NANOS;
  }

  /** Whether a connection without a call has waited too long. */
  boolean isOver(long now) {
    return now - waitsUntil > 0;
  }
}
