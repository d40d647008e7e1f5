package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Reading;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.ControlKeys;
import dev.leasehold.broker.config.keys.DestinationKeys;
import dev.leasehold.broker.config.keys.TaskKeys;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Points out what agents and kinds have in common: whoever looks at Vault, or at a target, cannot
 * tell them apart there, nor stop one without the other. Shared token roles are errors already.
 */
final class DistinctChecks {
  private final Document document;
  private final Reading reading;

  private DistinctChecks(Document document, Reading reading) {
    this.document = document;
    this.reading = reading;
  }

  static void run(Document document, Reading reading) {
    DistinctChecks checks = new DistinctChecks(document, reading);
    checks.identities();
    checks.roles();
    checks.credentials();
  }

  /** Two callers that are one agent. */
  private void identities() {
    Map<String, String> first = new HashMap<>();
    for (Section caller : document.callers()) {
      caller
          .located(ControlKeys.AGENT)
          .ifPresent(
              agent ->
                  shared(
                      agent,
                      first.putIfAbsent(agent.value(), agent.path()),
                      "is the identity of %s too: their tasks cannot be told apart"));
    }
  }

  /** Two agents with tasks of one kind: its token role is theirs together. */
  private void roles() {
    for (Section kind : document.kinds().values()) {
      List<Located<String>> agents = Document.located(kind, TaskKeys.AGENTS);
      long distinct = agents.stream().map(Located::value).distinct().count();
      if (distinct > 1) {
        reading.warning(
            kind.pathOf(TaskKeys.AGENTS),
            kind.lineOf(TaskKeys.AGENTS),
            distinct
                + " agents share this kind's Vault role and credentials; give each a kind of its"
                + " own, so that Vault can tell them apart");
      }
    }
  }

  /** Two kinds that lead to one credential, told once for each credential and further kind. */
  private void credentials() {
    Map<String, String> first = new HashMap<>();
    document
        .kinds()
        .forEach(
            (name, kind) ->
                credentialsOf(kind)
                    .forEach(
                        (credential, destination) ->
                            shared(
                                destination,
                                first.putIfAbsent(credential, "tasks." + name),
                                "leads to credentials."
                                    + credential
                                    + ", which %s uses too; a credential of its own for each kind"
                                    + " can be narrower, and be stopped by itself")));
  }

  /** By the credential's name the first of the kind's destinations that uses it. */
  private SequencedMap<String, Located<String>> credentialsOf(Section kind) {
    SequencedMap<String, Located<String>> found = new LinkedHashMap<>();
    for (Located<String> name : Document.located(kind, TaskKeys.DESTINATIONS)) {
      Optional.ofNullable(document.destinations().get(name.value()))
          .flatMap(destination -> destination.find(DestinationKeys.CREDENTIAL))
          .ifPresent(credential -> found.putIfAbsent(credential, name));
    }
    return found;
  }

  private void shared(Located<String> here, @Nullable String first, String words) {
    if (first != null) {
      reading.warning(here.path(), here.line(), words.formatted(first));
    }
  }
}
