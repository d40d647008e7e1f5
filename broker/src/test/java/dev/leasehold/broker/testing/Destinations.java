package dev.leasehold.broker.testing;

import dev.leasehold.broker.destination.AddressRange;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Limits;
import dev.leasehold.broker.destination.PathPattern;
import dev.leasehold.broker.destination.Rule;
import dev.leasehold.broker.destination.Target;
import dev.leasehold.broker.destination.UpstreamTls;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes destinations, of which tests say only what matters to them; all else is the default. */
public final class Destinations {
  private final String name;
  private final Target target;
  private final List<Rule> allow = new ArrayList<>();
  private final List<Rule> deny = new ArrayList<>();
  private final List<AddressRange> addresses = new ArrayList<>();
  private Optional<String> credential = Optional.empty();
  private Optional<String> environment = Optional.empty();
  private UpstreamTls tls = UpstreamTls.SYSTEM;
  private Limits limits = Limits.DEFAULT;
  private boolean unsafePlaintext;
  private boolean tunnel;

  private Destinations(String name, Target target) {
    this.name = name;
    this.target = target;
  }

  public static Destinations of(String name, Target.Scheme scheme, String host, int port) {
    return new Destinations(name, new Target(scheme, host, port));
  }

  public static Destinations https(String name, String host) {
    return of(name, Target.Scheme.HTTPS, host, 443);
  }

  public static Destinations http(String name, String host) {
    return of(name, Target.Scheme.HTTP, host, 80);
  }

  public Destinations allow(Set<String> methods, String... paths) {
    allow.add(rule("allow", allow.size(), methods, paths));
    return this;
  }

  public Destinations allowAll() {
    return allow(Set.of());
  }

  public Destinations deny(Set<String> methods, String... paths) {
    deny.add(rule("deny", deny.size(), methods, paths));
    return this;
  }

  private Rule rule(String list, int index, Set<String> methods, String... paths) {
    return new Rule(
        "destinations." + name + "." + list + "[" + index + "]",
        methods,
        List.of(paths).stream().map(PathPattern::parse).toList());
  }

  public Destinations addresses(String... ranges) {
    List.of(ranges).forEach(range -> addresses.add(AddressRange.parse(range)));
    return this;
  }

  public Destinations credential(String of) {
    credential = Optional.of(of);
    return this;
  }

  public Destinations tls(UpstreamTls how) {
    tls = how;
    return this;
  }

  public Destinations limits(Limits bounds) {
    limits = bounds;
    return this;
  }

  public Destinations environment(String name) {
    environment = Optional.of(name);
    return this;
  }

  public Destinations unsafePlaintext() {
    unsafePlaintext = true;
    return this;
  }

  public Destinations tunnel() {
    tunnel = true;
    return this;
  }

  public Destination build() {
    return new Destination(
        name,
        target,
        "/",
        environment.or(() -> credential.map(used -> "staging")),
        addresses,
        allow,
        deny,
        credential,
        false,
        tls,
        false,
        tunnel,
        Destination.Redact.REPLACE,
        List.of(),
        Set.of(),
        Set.of(),
        limits,
        Optional.empty(),
        unsafePlaintext);
  }
}
