package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Reading;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.PolicyKeys;
import dev.leasehold.broker.config.keys.RootKeys;
import dev.leasehold.broker.engine.CedarPolicies;
import dev.leasehold.broker.engine.EngineConfig;
import dev.leasehold.broker.engine.EngineConfig.Sort;
import dev.leasehold.broker.policy.Fact;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes the records of the policy engines, and says what is wrong with what they are told. */
final class EngineReader {
  private static final Set<Fact> NAMED_BY_AUTHZEN =
      EnumSet.of(Fact.AGENT, Fact.METHOD, Fact.DESTINATION);

  private final Reading reading;
  private final Map<String, Integer> count = new HashMap<>();
  private final List<EngineConfig> engines = new ArrayList<>();

  private final Duration cache;

  private EngineReader(Reading reading, Duration cache) {
    this.reading = reading;
    this.cache = cache;
  }

  /** Reads the files of policies; blocks on them. Those with a mistake lack. */
  static List<EngineConfig> read(Document document, Reading reading) {
    Duration cache =
        document
            .root()
            .find(RootKeys.POLICY)
            .flatMap(policy -> policy.find(PolicyKeys.CACHE))
            .orElse(Duration.ZERO);
    EngineReader reader = new EngineReader(reading, cache);
    for (Section entry : entries(document)) {
      entry.find(PolicyKeys.OPA).ifPresent(opa -> reader.asked(opa, Sort.OPA, "opa"));
      entry.find(PolicyKeys.AUTHZEN).ifPresent(pdp -> reader.asked(pdp, Sort.AUTHZEN, "authzen"));
      entry.find(PolicyKeys.CEDAR).ifPresent(reader::cedar);
    }
    return List.copyOf(reader.engines);
  }

  /** What else is read with the configuration. */
  static List<Located<Path>> files(Document document) {
    return entries(document).stream()
        .flatMap(entry -> entry.find(PolicyKeys.CEDAR).stream())
        .flatMap(cedar -> Stream.of(PolicyKeys.POLICIES, PolicyKeys.SCHEMA).map(cedar::located))
        .flatMap(Optional::stream)
        .toList();
  }

  private static List<Section> entries(Document document) {
    return document
        .root()
        .find(RootKeys.POLICY)
        .map(policy -> Document.values(policy, PolicyKeys.ENGINES))
        .orElse(List.of());
  }

  /** The second one of a sort is {@code opa-2}. */
  private String name(String sort) {
    int number = count.merge(sort, 1, Integer::sum);
    return number == 1 ? sort : sort + "-" + number;
  }

  private void asked(Section engine, Sort sort, String word) {
    String name = name(word);
    Optional<Located<URI>> url = engine.located(PolicyKeys.URL);
    if (url.isEmpty() || engine.find(PolicyKeys.TIMEOUT).isEmpty()) {
      return;
    }
    // What is decided on is not sent to another machine in plain text, nor an answer believed.
    if (url.get().value().getScheme().equals("http")
        && !Document.isLoopback(url.get().value().getHost())) {
      reading.error(
          url.get().path(), url.get().line(), "must be https: the host is another machine");
    }
    EngineConfig.Asked asked =
        new EngineConfig.Asked(
            name,
            sort,
            url.get().value(),
            engine.get(PolicyKeys.TIMEOUT),
            Set.copyOf(Document.values(engine, PolicyKeys.WITHOUT)),
            cache);
    if (sort == Sort.AUTHZEN) {
      Document.located(engine, PolicyKeys.WITHOUT).stream()
          .filter(fact -> NAMED_BY_AUTHZEN.contains(fact.value()))
          .forEach(
              fact ->
                  reading.error(
                      fact.path(),
                      fact.line(),
                      "is what AuthZEN asks about, and cannot be left out"));
    }
    if (cache.isPositive() && !asked.isCached()) {
      reading.warning(
          engine.path(),
          engine.line(),
          "is not cached: it is told what may change at any moment; without: has to list all of "
              + Arrays.stream(Fact.values())
                  .filter(Fact::isOfTheMoment)
                  .map(Fact::path)
                  .collect(Collectors.joining(", ")));
    }
    engines.add(asked);
  }

  private void cedar(Section engine) {
    String name = name("cedar");
    Optional<String> policies = text(engine, PolicyKeys.POLICIES);
    Optional<String> schema = text(engine, PolicyKeys.SCHEMA);
    if (policies.isEmpty()
        || schema.isEmpty() && engine.isWritten(PolicyKeys.SCHEMA)
        || engine.find(PolicyKeys.TIMEOUT).isEmpty()) {
      return;
    }
    try {
      engines.add(
          new EngineConfig.Cedar(
              name, CedarPolicies.read(policies.get(), schema), engine.get(PolicyKeys.TIMEOUT)));
    } catch (IllegalArgumentException mistake) {
      reading.error(
          engine.pathOf(PolicyKeys.POLICIES),
          engine.lineOf(PolicyKeys.POLICIES),
          "in the file: " + mistake.getMessage());
    }
  }

  private Optional<String> text(Section engine, Key<Path> key) {
    Optional<Path> file = engine.find(key);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    Reading own = new Reading(file.get(), name -> Optional.empty());
    Optional<String> text = TextFile.read(file.get(), own);
    own.errors()
        .forEach(
            error ->
                reading.error(engine.pathOf(key), engine.lineOf(key), "in the file: " + error));
    return text;
  }
}
