package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Reading;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.DestinationKeys;
import dev.leasehold.broker.config.keys.DestinationUrl;
import dev.leasehold.broker.destination.Target;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What must agree within one destination. */
final class DestinationChecks {
  /** A name that the task API gives another meaning. */
  private static final String RESERVED = "proxy";

  private static final List<Key<?>> HTTP_ONLY =
      List.of(
          DestinationKeys.ALLOW,
          DestinationKeys.DENY,
          DestinationKeys.ENCODED_SLASH,
          DestinationKeys.WEBSOCKET,
          DestinationKeys.TUNNEL,
          DestinationKeys.REDACT,
          DestinationKeys.ENV,
          DestinationKeys.DROP_HEADERS,
          DestinationKeys.ONLY_HEADERS,
          DestinationKeys.UNSAFE_PLAINTEXT);

  // Variables that steer the agent's programs, or that Leasehold sets itself.
  private static final Pattern TAKEN =
      Pattern.compile(
          "(?i)PATH|HOME|SHELL|USER|IFS|TMPDIR|LD_.*|DYLD_.*|LEASEHOLD_.*|PG.*|.*_PROXY"
              + "|SSL_CERT_.*|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|_JAVA_OPTIONS|NODE_.*|PYTHON.*"
              + "|.*_CA_BUNDLE|BASH_ENV|ENV|GIT_SSL.*|DENO_CERT|CARGO_HTTP_CAINFO|PIP_CERT");

  private final String name;
  private final Section section;
  private final Reading reading;

  private DestinationChecks(String name, Section section, Reading reading) {
    this.name = name;
    this.section = section;
    this.reading = reading;
  }

  static void run(Document document, Reading reading) {
    document
        .destinations()
        .forEach((name, section) -> new DestinationChecks(name, section, reading).check());
  }

  private void check() {
    if (name.equals(RESERVED)) {
      reading.error(
          section.path(), section.line(), "the name means the proxy itself; take another");
    }
    if (section.isWritten(DestinationKeys.CREDENTIAL)
        && !section.isWritten(DestinationKeys.ENVIRONMENT)) {
      reading.error(
          section.pathOf(DestinationKeys.ENVIRONMENT),
          section.line(),
          "is required where there is a credential");
    }
    if (section.isOn(DestinationKeys.TUNNEL) && section.isWritten(DestinationKeys.CREDENTIAL)) {
      error(DestinationKeys.TUNNEL, "a credential is never sent through an opaque tunnel");
    }
    if (section.isOn(DestinationKeys.TUNNEL) && section.isWritten(DestinationKeys.MTLS)) {
      error(DestinationKeys.MTLS, "TLS through an opaque tunnel is the agent's own");
    }
    if (section.isWritten(DestinationKeys.DROP_HEADERS)
        && section.isWritten(DestinationKeys.ONLY_HEADERS)) {
      error(DestinationKeys.DROP_HEADERS, "says nothing beside only-headers");
    }
    rules(DestinationKeys.ALLOW);
    rules(DestinationKeys.DENY);
    for (Located<String> variable : Document.located(section, DestinationKeys.ENV)) {
      if (TAKEN.matcher(variable.value()).matches()) {
        reading.error(
            variable.path(),
            variable.line(),
            "this variable steers programs; it takes no sentinel");
      }
    }
    section.find(DestinationKeys.URL).ifPresent(this::scheme);
  }

  private void rules(Key<List<Located<Section>>> key) {
    for (Located<Section> rule : Document.located(section, key)) {
      if (!rule.value().isWritten(DestinationKeys.METHODS)
          && !rule.value().isWritten(DestinationKeys.PATHS)) {
        reading.error(
            rule.path(), rule.line(), "needs methods or paths; paths: [\"/**\"] is everything");
      }
    }
  }

  private void scheme(DestinationUrl url) {
    if (url.target().scheme() == Target.Scheme.POSTGRESQL) {
      HTTP_ONLY.stream()
          .filter(section::isWritten)
          .forEach(key -> error(key, "belongs to http and https destinations"));
      reading.warning(
          section.pathOf(DestinationKeys.URL),
          section.lineOf(DestinationKeys.URL),
          "database destinations are not served in this version: their use is refused");
    } else if (!section.isWritten(DestinationKeys.ALLOW) && !section.isOn(DestinationKeys.TUNNEL)) {
      reading.warning(section.path(), section.line(), "has no allow: nothing may be called there");
    }
    if (url.target().scheme() == Target.Scheme.HTTP) {
      if (section.isWritten(DestinationKeys.TLS)) {
        error(DestinationKeys.TLS, "an http destination has no TLS");
      }
      if (section.isWritten(DestinationKeys.MTLS)) {
        error(DestinationKeys.MTLS, "an http destination has no TLS");
      }
      plaintext(url);
    } else if (section.isOn(DestinationKeys.UNSAFE_PLAINTEXT)) {
      error(DestinationKeys.UNSAFE_PLAINTEXT, "belongs to http destinations");
    }
    dialled(url);
  }

  private void plaintext(DestinationUrl url) {
    if (section.isWritten(DestinationKeys.CREDENTIAL)
        && !Document.isLoopback(url)
        && !section.isOn(DestinationKeys.UNSAFE_PLAINTEXT)) {
      error(
          DestinationKeys.CREDENTIAL,
          "would be sent in plain text; use https, or set unsafe-plaintext");
    }
  }

  /** An address that is written out can be judged before anybody calls. */
  private void dialled(DestinationUrl url) {
    Optional<InetAddress> literal =
        url.target().host().equals("localhost")
            ? Optional.of(InetAddress.getLoopbackAddress())
            : Document.address(url.target().host());
    literal
        .filter(DestinationChecks::isNotPublic)
        .filter(
            address ->
                Document.values(section, DestinationKeys.ADDRESSES).stream()
                    .noneMatch(range -> range.contains(address)))
        .ifPresent(
            address ->
                reading.warning(
                    section.pathOf(DestinationKeys.URL),
                    section.lineOf(DestinationKeys.URL),
                    "its address is not public: it is not dialled unless addresses lists it"));
  }

  private static boolean isNotPublic(InetAddress address) {
    return address.isLoopbackAddress()
        || address.isSiteLocalAddress()
        || address.isLinkLocalAddress()
        || address.isAnyLocalAddress();
  }

  private void error(Key<?> key, String message) {
    reading.error(section.pathOf(key), section.lineOf(key), message);
  }
}
