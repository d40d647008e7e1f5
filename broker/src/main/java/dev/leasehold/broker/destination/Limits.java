package dev.leasehold.broker.destination;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * Bounds of one destination's calls. Sizes in bytes.
 *
 * @param body of a request; empty: none
 * @param idle longest time without a byte either way
 * @param headerRead longest time for a request's head
 * @param response longest time from the request's end to the response's head
 * @param connections of one task to this destination
 * @param inFlight calls of one task at once
 */
public record Limits(
    int requestLine,
    int header,
    int headers,
    OptionalLong body,
    Duration idle,
    Duration headerRead,
    Duration connect,
    Duration response,
    int connections,
    int inFlight) {
  public static final Limits DEFAULT =
      new Limits(
          8 * 1024,
          16 * 1024,
          100,
          OptionalLong.empty(),
          Duration.ofSeconds(60),
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(60),
          100,
          100);
}
