package dev.leasehold.broker.destination;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where calls may go, and which.
 *
 * @param basePath the path of the configured URL, {@code /} for none: endpoints put it in front
 * @param addresses what may be dialled although it is not public
 * @param credential the name of the credential used there
 * @param environment required where there is a credential
 * @param env variables that get a sentinel in a task's environment
 * @param onlyHeaders lower case; when not empty, the only request headers of the agent that pass
 * @param dropHeaders lower case
 * @param endpoint a fixed local address besides the per-task ones
 */
public record Destination(
    String name,
    Target target,
    String basePath,
    Optional<String> environment,
    List<AddressRange> addresses,
    List<Rule> allow,
    List<Rule> deny,
    Optional<String> credential,
    boolean encodedSlash,
    UpstreamTls tls,
    boolean websocket,
    boolean tunnel,
    Redact redact,
    List<String> env,
    Set<String> dropHeaders,
    Set<String> onlyHeaders,
    Limits limits,
    Optional<String> endpoint,
    boolean unsafePlaintext) {
  /** What happens when a leased secret comes back in an answer. */
  public enum Redact {
    REPLACE,
    CUT
  }

  public Destination {
    addresses = List.copyOf(addresses);
    allow = List.copyOf(allow);
    deny = List.copyOf(deny);
    env = List.copyOf(env);
    dropHeaders = Set.copyOf(dropHeaders);
    onlyHeaders = Set.copyOf(onlyHeaders);
  }

  public boolean isHttp() {
    return target.scheme() != Target.Scheme.POSTGRESQL;
  }
}
