package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.DestinationKeys;
import dev.leasehold.broker.config.keys.DestinationUrl;
import dev.leasehold.broker.config.keys.LimitKeys;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Limits;
import dev.leasehold.broker.destination.Rule;
import dev.leasehold.broker.destination.UpstreamTls;
import dev.leasehold.broker.proxy.ListenAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** Makes the records of the destinations. */
final class Destinations {
  private Destinations() {}

  static Map<String, Destination> of(Document document) {
    Map<String, Destination> destinations = new HashMap<>();
    document
        .destinations()
        .forEach((name, section) -> destinations.put(name, destination(name, section)));
    return destinations;
  }

  private static Destination destination(String name, Section section) {
    DestinationUrl url = section.get(DestinationKeys.URL);
    Section tls = section.section(DestinationKeys.TLS);
    return new Destination(
        name,
        url.target(),
        url.path(),
        section.find(DestinationKeys.ENVIRONMENT),
        Document.values(section, DestinationKeys.ADDRESSES),
        rules(section, DestinationKeys.ALLOW),
        rules(section, DestinationKeys.DENY),
        section.find(DestinationKeys.CREDENTIAL),
        section.isOn(DestinationKeys.ENCODED_SLASH),
        new UpstreamTls(
            tls.find(DestinationKeys.CA),
            tls.find(DestinationKeys.SERVER_NAME),
            section.find(DestinationKeys.MTLS)),
        section.isOn(DestinationKeys.WEBSOCKET),
        section.isOn(DestinationKeys.TUNNEL),
        section.get(DestinationKeys.REDACT),
        Document.values(section, DestinationKeys.ENV),
        Set.copyOf(Document.values(section, DestinationKeys.DROP_HEADERS)),
        Set.copyOf(Document.values(section, DestinationKeys.ONLY_HEADERS)),
        limits(section.section(DestinationKeys.LIMITS)),
        section.find(DestinationKeys.ENDPOINT).map(Destinations::text),
        section.isOn(DestinationKeys.UNSAFE_PLAINTEXT));
  }

  private static List<Rule> rules(Section section, Key<List<Located<Section>>> key) {
    return Document.located(section, key).stream()
        .map(
            rule ->
                new Rule(
                    rule.path(),
                    Set.copyOf(Document.values(rule.value(), DestinationKeys.METHODS)),
                    Document.values(rule.value(), DestinationKeys.PATHS)))
        .toList();
  }

  private static Limits limits(Section section) {
    long body = section.get(LimitKeys.BODY);
    return new Limits(
        Math.toIntExact(section.get(LimitKeys.REQUEST_LINE)),
        Math.toIntExact(section.get(LimitKeys.HEADER)),
        section.get(LimitKeys.HEADERS),
        body == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(body),
        section.get(LimitKeys.IDLE),
        section.get(LimitKeys.HEADER_READ),
        section.get(LimitKeys.CONNECT),
        section.get(LimitKeys.RESPONSE),
        section.get(LimitKeys.CONNECTIONS),
        section.get(LimitKeys.IN_FLIGHT));
  }

  /** In the form that {@link ListenAddress#parse} reads. */
  private static String text(ListenAddress address) {
    return switch (address) {
      case ListenAddress.Tcp tcp -> {
        String host = tcp.address().getAddress().getHostAddress();
        yield (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + tcp.address().getPort();
      }
      case ListenAddress.Unix unix -> "unix:" + unix.path();
    };
  }
}
