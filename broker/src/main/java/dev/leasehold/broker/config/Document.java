package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.ControlKeys;
import dev.leasehold.broker.config.keys.CredentialKeys;
import dev.leasehold.broker.config.keys.DestinationKeys;
import dev.leasehold.broker.config.keys.DestinationUrl;
import dev.leasehold.broker.config.keys.InjectKeys;
import dev.leasehold.broker.config.keys.PolicyKeys;
import dev.leasehold.broker.config.keys.RootKeys;
import dev.leasehold.broker.destination.Target;
import dev.leasehold.broker.policy.Effect;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The sections of one configuration, as far as they could be read; what is wrong with them was
 * reported when they were.
 */
record Document(Section root) {
  Map<String, Section> kinds() {
    return sections(RootKeys.TASKS);
  }

  Map<String, Section> destinations() {
    return sections(RootKeys.DESTINATIONS);
  }

  Map<String, Section> credentials() {
    return sections(RootKeys.CREDENTIALS);
  }

  Map<String, Section> agents() {
    return sections(RootKeys.AGENTS);
  }

  List<Section> rules() {
    return root.find(RootKeys.POLICY)
        .flatMap(policy -> policy.find(PolicyKeys.RULES))
        .map(rules -> rules.stream().map(Located::value).toList())
        .orElse(List.of());
  }

  /** Whether the rule has a human asked. */
  static boolean asks(Section rule) {
    return rule.find(PolicyKeys.EFFECT).filter(Effect.REQUIRE_APPROVAL::equals).isPresent();
  }

  List<Section> callers() {
    return root.find(RootKeys.CONTROL)
        .flatMap(control -> control.find(ControlKeys.CALLERS))
        .map(callers -> callers.stream().map(Located::value).toList())
        .orElse(List.of());
  }

  /** The destinations that name the credential. */
  List<Section> users(String credential) {
    return destinations().values().stream()
        .filter(
            destination ->
                destination.find(DestinationKeys.CREDENTIAL).equals(Optional.of(credential)))
        .toList();
  }

  /** A list of values without their places; empty when it is absent. */
  static <T> List<T> values(Section section, Key<List<Located<T>>> key) {
    return located(section, key).stream().map(Located::value).toList();
  }

  /** A list, empty when it is absent. */
  static <T> List<Located<T>> located(Section section, Key<List<Located<T>>> key) {
    return section.find(key).orElse(List.of());
  }

  static boolean isPostgresql(Section destination) {
    return destination
        .find(DestinationKeys.URL)
        .filter(url -> url.target().scheme() == Target.Scheme.POSTGRESQL)
        .isPresent();
  }

  static boolean isHttp(Section destination) {
    return destination.find(DestinationKeys.URL).isPresent() && !isPostgresql(destination);
  }

  static boolean isLogin(Section credential) {
    return credential
        .find(CredentialKeys.INJECT)
        .filter(inject -> inject.isWritten(InjectKeys.LOGIN))
        .isPresent();
  }

  /** Whether the host is this machine by its own name or address; no name is looked up. */
  static boolean isLoopback(String host) {
    if (host.equals("localhost") || host.endsWith(".localhost")) {
      return true;
    }
    return address(host).filter(InetAddress::isLoopbackAddress).isPresent();
  }

  static boolean isLoopback(DestinationUrl url) {
    return isLoopback(url.target().host());
  }

  /** The host as an address, when it is one. */
  static Optional<InetAddress> address(String host) {
    try {
      return Optional.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException aName) {
      return Optional.empty();
    }
  }

  private Map<String, Section> sections(Key<java.util.SequencedMap<String, Located<Section>>> key) {
    Map<String, Section> sections = new LinkedHashMap<>();
    root.find(key)
        .ifPresent(found -> found.forEach((name, section) -> sections.put(name, section.value())));
    return sections;
  }

  /** Files that are read with it: signals, policies of engines. */
  List<Located<Path>> besides() {
    return Stream.concat(root.located(RootKeys.SIGNALS).stream(), EngineReader.files(this).stream())
        .toList();
  }
}
