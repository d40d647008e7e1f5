package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Limits;
import dev.leasehold.broker.inject.Injection;
import dev.leasehold.broker.policy.Policy;
import java.time.Duration;
import java.util.Map;

/**
 * What one configuration says about calls; swapped as a whole, so that no call is judged by half of
 * an old and half of a new one. Immutable.
 */
public final class RuleSet {
  private final Policy policy;
  private final Map<String, Injection> injections;
  private final int longestLine;
  private final int largestHeader;
  private final int mostFields;
  private final Duration longestHeaderRead;
  private final boolean encodedSlash;

  /**
   * @param injections by the name of the credential
   */
  public RuleSet(Policy policy, Map<String, Injection> injections) {
    this.policy = policy;
    this.injections = Map.copyOf(injections);
    int line = Limits.DEFAULT.requestLine();
    int header = Limits.DEFAULT.header();
    int fields = Limits.DEFAULT.headers();
    Duration read = Limits.DEFAULT.headerRead();
    boolean slash = false;
    for (Destination destination : policy.destinations()) {
      line = Math.max(line, destination.limits().requestLine());
      header = Math.max(header, destination.limits().header());
      fields = Math.max(fields, destination.limits().headers());
      Duration own = destination.limits().headerRead();
      read = own.compareTo(read) > 0 ? own : read;
      slash |= destination.encodedSlash();
    }
    this.longestLine = line;
    this.largestHeader = header;
    this.mostFields = fields;
    this.longestHeaderRead = read;
    this.encodedSlash = slash;
  }

  public Policy policy() {
    return policy;
  }

  public Map<String, Injection> injections() {
    return injections;
  }

  /** Bytes; what is read before it is known where a call goes. */
  int longestLine() {
    return longestLine;
  }

  /** Bytes. */
  int largestHeader() {
    return largestHeader;
  }

  int mostFields() {
    return mostFields;
  }

  /** For a head that has yet to say where the call goes. */
  Duration longestHeaderRead() {
    return longestHeaderRead;
  }

  /** Whether any destination takes {@code %2F} as data. */
  boolean permitsEncodedSlash() {
    return encodedSlash;
  }
}
