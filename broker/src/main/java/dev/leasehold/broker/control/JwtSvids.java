package dev.leasehold.broker.control;

/** Tells whose a JWT-SVID is (SPIFFE JWT-SVID). */
@FunctionalInterface
public interface JwtSvids {
  /** What there is to say of one. */
  sealed interface Answer {
    /** It is valid, and made for this sidecar. */
    record Subject(String spiffeId) implements Answer {}

    /** It is not valid now, or not made for this sidecar. */
    record Invalid() implements Answer {}

    /** Nobody can say. */
    record Unavailable(String why) implements Answer {}
  }

  /** May block. */
  Answer check(String token);
}
