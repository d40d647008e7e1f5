package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Reading;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.PolicyKeys;
import dev.leasehold.broker.config.keys.RootKeys;
import dev.leasehold.broker.engine.EngineConfig;
import dev.leasehold.broker.engine.EngineConfig.Sort;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Makes the records of the policy engines. */
final class EngineReader {
  private EngineReader() {}

  static List<EngineConfig> of(Document document) {
    List<EngineConfig> engines = new ArrayList<>();
    for (Section entry : entries(document)) {
      Sort sort = entry.isWritten(PolicyKeys.OPA) ? Sort.OPA : Sort.AUTHZEN;
      Section engine = entry.get(key(sort));
      long before = engines.stream().filter(other -> other.sort() == sort).count();
      String name = sort.name().toLowerCase(Locale.ROOT) + (before == 0 ? "" : "-" + (before + 1));
      engines.add(
          new EngineConfig(name, sort, engine.get(PolicyKeys.URL), engine.get(PolicyKeys.TIMEOUT)));
    }
    return engines;
  }

  /** What is decided on is not sent to another machine in plain text, nor an answer believed. */
  static void check(Document document, Reading reading) {
    for (Section entry : entries(document)) {
      for (Sort sort : Sort.values()) {
        Optional<Located<URI>> url =
            entry.find(key(sort)).flatMap(engine -> engine.located(PolicyKeys.URL));
        url.filter(at -> at.value().getScheme().equals("http"))
            .filter(at -> !Document.isLoopback(at.value().getHost()))
            .ifPresent(
                at ->
                    reading.error(
                        at.path(), at.line(), "must be https: the host is another machine"));
      }
    }
  }

  private static Key<Section> key(Sort sort) {
    return sort == Sort.OPA ? PolicyKeys.OPA : PolicyKeys.AUTHZEN;
  }

  private static List<Section> entries(Document document) {
    return document
        .root()
        .find(RootKeys.POLICY)
        .map(policy -> Document.values(policy, PolicyKeys.ENGINES))
        .orElse(List.of());
  }
}
