package dev.leasehold.broker.policy;

import dev.leasehold.broker.destination.CanonicalPath;
import dev.leasehold.broker.destination.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an agent asks for, as far as a rule can see it: parsed, and not yet looked up in any DNS.
 *
 * @param scheme as the agent wrote it
 * @param host lower case
 * @param port the explicit one, or {@link #ANY_PORT}
 * @param method upper case
 * @param intent what the agent says that it is for
 * @param tickets what humans have agreed to for this one call
 */
public record Call(
    Target.Scheme scheme,
    String host,
    int port,
    Action action,
    String method,
    CanonicalPath path,
    Optional<Intent> intent,
    List<Ticket> tickets) {
  /** No port was written: the destination's is taken if only one fits. */
  public static final int ANY_PORT = -1;

  /** A plain request of which nothing more is said. */
  public Call(Target.Scheme scheme, String host, int port, String method, CanonicalPath path) {
    this(scheme, host, port, Action.HTTP, method, path, Optional.empty());
  }

  /** One for which no human was asked. */
  public Call(
      Target.Scheme scheme,
      String host,
      int port,
      Action action,
      String method,
      CanonicalPath path,
      Optional<Intent> intent) {
    this(scheme, host, port, action, method, path, intent, List.of());
  }

  /** The same, to which a human has agreed. */
  public Call with(Ticket ticket) {
    List<Ticket> more = new ArrayList<>(tickets);
    more.add(ticket);
    return new Call(scheme, host, port, action, method, path, intent, List.copyOf(more));
  }
}
