package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Nearest;
import dev.leasehold.broker.config.form.Reading;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.ControlKeys;
import dev.leasehold.broker.config.keys.DestinationKeys;
import dev.leasehold.broker.config.keys.RootKeys;
import dev.leasehold.broker.config.keys.TaskKeys;
import dev.leasehold.broker.control.Caller.Right;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Every name leads to a definition, and every definition is named. */
final class ReferenceChecks {
  private final Document document;
  private final Reading reading;

  private ReferenceChecks(Document document, Reading reading) {
    this.document = document;
    this.reading = reading;
  }

  static void run(Document document, Reading reading) {
    ReferenceChecks checks = new ReferenceChecks(document, reading);
    checks.destinations();
    checks.credentials();
    checks.kinds();
  }

  private void destinations() {
    Set<String> used = new HashSet<>();
    for (Section kind : document.kinds().values()) {
      for (Located<String> name : Document.located(kind, TaskKeys.DESTINATIONS)) {
        used.add(name.value());
        expect(RootKeys.DESTINATIONS, document.destinations(), name);
      }
    }
    if (document.root().find(RootKeys.TASKS).isPresent()) {
      unused(document.destinations(), used, "no task kind names it");
    }
  }

  private void credentials() {
    Set<String> used = new HashSet<>();
    for (Section destination : document.destinations().values()) {
      destination
          .located(DestinationKeys.CREDENTIAL)
          .ifPresent(
              name -> {
                used.add(name.value());
                expect(RootKeys.CREDENTIALS, document.credentials(), name);
              });
    }
    if (document.root().find(RootKeys.DESTINATIONS).isPresent()) {
      unused(document.credentials(), used, "no destination names it");
    }
  }

  private void kinds() {
    Set<String> used = new HashSet<>();
    for (Section caller : document.callers()) {
      for (Located<String> name : Document.located(caller, ControlKeys.KINDS)) {
        used.add(name.value());
        expect(RootKeys.TASKS, document.kinds(), name);
      }
      if (Document.values(caller, ControlKeys.MAY).contains(Right.OPERATE)) {
        document
            .kinds()
            .forEach(
                (name, kind) ->
                    caller
                        .find(ControlKeys.AGENT)
                        .filter(Document.values(kind, TaskKeys.AGENTS)::contains)
                        .ifPresent(agent -> used.add(name)));
      }
    }
    document
        .root()
        .find(RootKeys.DEFAULT_TASK)
        .flatMap(task -> task.located(RootKeys.DEFAULT_KIND))
        .ifPresent(
            name -> {
              used.add(name.value());
              expect(RootKeys.TASKS, document.kinds(), name);
            });
    if (!document.callers().isEmpty()
        && document.callers().stream().noneMatch(ReferenceChecks::lacksKinds)) {
      unused(document.kinds(), used, "no caller may open it");
    }
  }

  /** Which is reported where callers are checked; what it would have named cannot be known. */
  private static boolean lacksKinds(Section caller) {
    return Document.values(caller, ControlKeys.MAY).equals(List.of(Right.OPEN))
        && !caller.isWritten(ControlKeys.KINDS);
  }

  private void expect(Key<?> definitions, Map<String, Section> defined, Located<String> name) {
    String place = definitions.name() + "." + name.value();
    boolean unreadable =
        document.root().isWritten(definitions) && document.root().find(definitions).isEmpty();
    if (!defined.containsKey(name.value()) && !unreadable && !reading.isReported(place)) {
      reading.error(
          name.path(),
          name.line(),
          "there is no " + place + Nearest.hint(name.value(), defined.keySet()));
    }
  }

  private void unused(Map<String, Section> defined, Set<String> used, String why) {
    defined.forEach(
        (name, section) -> {
          if (!used.contains(name)) {
            reading.error(section.path(), section.line(), "is never used: " + why);
          }
        });
  }
}
