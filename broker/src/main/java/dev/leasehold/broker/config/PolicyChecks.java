package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Nearest;
import dev.leasehold.broker.config.form.Reading;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.CredentialKeys;
import dev.leasehold.broker.config.keys.DestinationKeys;
import dev.leasehold.broker.config.keys.PolicyKeys;
import dev.leasehold.broker.config.keys.RootKeys;
import dev.leasehold.broker.config.keys.TaskKeys;
import dev.leasehold.broker.policy.Effect;
import dev.leasehold.broker.policy.PolicyRule;
import dev.leasehold.broker.policy.Signals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What must agree between the rules of the policy and the rest: names lead somewhere, nothing is
 * allowed on what somebody merely says, and rules that can do nothing are pointed out.
 */
final class PolicyChecks {
  private final Document document;
  private final Reading reading;
  private final Instant now;

  private PolicyChecks(Document document, Reading reading, Instant now) {
    this.document = document;
    this.reading = reading;
    this.now = now;
  }

  static void run(Document document, Reading reading, Instant now, Signals signals) {
    PolicyChecks checks = new PolicyChecks(document, reading, now);
    checks.agents();
    checks.names();
    for (Section rule : document.rules()) {
      checks.asking(rule);
      rule.find(PolicyKeys.WHEN_KEY).ifPresent(when -> checks.when(when, signals));
    }
    checks.together();
  }

  private void agents() {
    Set<String> known =
        document.kinds().values().stream()
            .flatMap(kind -> Document.values(kind, TaskKeys.AGENTS).stream())
            .collect(Collectors.toSet());
    document
        .agents()
        .forEach(
            (id, section) -> {
              if (!known.contains(id)) {
                reading.error(section.path(), section.line(), "is never used: no kind names it");
              }
            });
  }

  private void names() {
    Map<String, Integer> lines = new HashMap<>();
    for (Section rule : document.rules()) {
      rule.located(PolicyKeys.NAME)
          .ifPresent(
              name -> {
                Integer first = lines.putIfAbsent(name.value(), name.line());
                if (first != null) {
                  reading.error(
                      name.path(), name.line(), "another rule has that name, in line " + first);
                }
              });
    }
  }

  private void asking(Section rule) {
    for (Key<?> key :
        List.<Key<?>>of(
            PolicyKeys.APPROVERS, PolicyKeys.SCOPE, PolicyKeys.WAIT, PolicyKeys.COUNT)) {
      if (rule.isWritten(key) && !Document.asks(rule) && rule.find(PolicyKeys.EFFECT).isPresent()) {
        reading.error(rule.pathOf(key), rule.lineOf(key), "belongs to require-approval only");
      }
    }
  }

  private void when(Section when, Signals signals) {
    defined(when, PolicyKeys.KINDS, RootKeys.TASKS, document.kinds());
    defined(when, PolicyKeys.DESTINATIONS, RootKeys.DESTINATIONS, document.destinations());
    defined(when, PolicyKeys.CREDENTIALS, RootKeys.CREDENTIALS, document.credentials());
    for (Located<String> name : Document.located(when, PolicyKeys.SIGNALS)) {
      if (!document.root().isWritten(RootKeys.SIGNALS)) {
        reading.error(name.path(), name.line(), "needs signals: file:…, which gives it");
      } else if (!signals.windows().containsKey(name.value())) {
        reading.warning(
            name.path(), name.line(), "the signals file does not have it yet: it is off");
      }
    }
    had(when, PolicyKeys.ENVIRONMENT, document.destinations(), DestinationKeys.ENVIRONMENT);
    had(when, PolicyKeys.OWNERS, document.credentials(), CredentialKeys.OWNER);
    had(when, PolicyKeys.CLASSIFICATION, document.credentials(), CredentialKeys.CLASSIFICATION);
    had(when, PolicyKeys.AGENT_OWNERS, document.agents(), PolicyKeys.AGENT_OWNER);
    purposes(when);
    meeting(when);
  }

  private void defined(
      Section when,
      Key<List<Located<String>>> key,
      Key<?> definitions,
      Map<String, Section> defined) {
    for (Located<String> name : Document.located(when, key)) {
      if (!defined.containsKey(name.value()) && document.root().find(definitions).isPresent()) {
        reading.error(
            name.path(),
            name.line(),
            "there is no "
                + definitions.name()
                + "."
                + name.value()
                + Nearest.hint(name.value(), defined.keySet()));
      }
    }
  }

  private void had(
      Section when, Key<List<Located<String>>> key, Map<String, Section> sections, Key<String> of) {
    Set<String> there =
        sections.values().stream()
            .flatMap(section -> section.find(of).stream())
            .collect(Collectors.toSet());
    for (Located<String> value : Document.located(when, key)) {
      if (!there.contains(value.value())) {
        reading.warning(
            value.path(),
            value.line(),
            "can never match: nothing has it" + Nearest.hint(value.value(), there));
      }
    }
  }

  /** A kind that lists its purposes has no others. */
  private void purposes(Section when) {
    Set<String> possible = new HashSet<>();
    for (Section kind : kinds(when)) {
      List<String> own = Document.values(kind, TaskKeys.PURPOSES);
      if (own.isEmpty()) {
        return;
      }
      possible.addAll(own);
    }
    for (Located<String> purpose : Document.located(when, PolicyKeys.PURPOSES)) {
      if (!possible.contains(purpose.value())) {
        reading.warning(
            purpose.path(), purpose.line(), "can never match: no kind has that purpose");
      }
    }
  }

  private void meeting(Section when) {
    List<String> wanted = Document.values(when, PolicyKeys.DESTINATIONS);
    boolean meets =
        kinds(when).stream()
            .flatMap(kind -> Document.values(kind, TaskKeys.DESTINATIONS).stream())
            .anyMatch(wanted::contains);
    if (!wanted.isEmpty() && !meets && !reading.isReportedWithin(when.path())) {
      reading.warning(
          when.path(), when.line(), "can never match: no such kind calls such a destination");
    }
  }

  private Collection<Section> kinds(Section when) {
    List<String> names = Document.values(when, PolicyKeys.KINDS);
    return names.isEmpty()
        ? document.kinds().values()
        : names.stream()
            .flatMap(name -> Optional.ofNullable(document.kinds().get(name)).stream())
            .toList();
  }

  /** Each rule as it is, and beside those before it; only where all of them can be read. */
  private void together() {
    String place = RootKeys.POLICY.name();
    if (document.rules().isEmpty() || reading.isReportedWithin(place)) {
      return;
    }
    List<PolicyRule> before = new ArrayList<>();
    for (Section section : document.rules()) {
      PolicyRule rule = PolicyRules.rule(section);
      if (rule.effect() == Effect.ALLOW && rule.restsOnAssertions()) {
        reading.error(
            section.path(),
            section.line(),
            "allows on what somebody merely says; add what Leasehold can see, such as kinds");
      }
      if (rule.isOver(now)) {
        reading.warning(
            section.pathOf(PolicyKeys.UNTIL),
            section.lineOf(PolicyKeys.UNTIL),
            rule.effect() == Effect.DENY
                ? "is over; the rule goes on denying: remove it, or its end"
                : "is over; the rule allows nothing any more");
      }
      before.stream()
          .filter(other -> shadows(other, rule))
          .findFirst()
          .ifPresent(
              other ->
                  reading.warning(
                      section.path(),
                      section.line(),
                      "has no effect: " + other.place() + " decides wherever it matches"));
      before.add(rule);
    }
    deniedLater(before);
  }

  private boolean shadows(PolicyRule other, PolicyRule rule) {
    return !other.observe()
        && !rule.observe()
        && !other.isOver(now)
        && other.until().isEmpty()
        && (other.effect() == Effect.DENY
            || other.effect() == rule.effect() && rule.effect() == Effect.ALLOW)
        && other.covers(rule);
  }

  /** A denial wins wherever it stands, so a later one shadows as well. */
  private void deniedLater(List<PolicyRule> rules) {
    for (int i = 0; i < rules.size(); i++) {
      PolicyRule rule = rules.get(i);
      Section section = document.rules().get(i);
      rules.stream()
          .skip(i + 1L)
          .filter(later -> later.effect() == Effect.DENY && rule.effect() != Effect.DENY)
          .filter(later -> shadows(later, rule))
          .findFirst()
          .ifPresent(
              later ->
                  reading.warning(
                      section.path(),
                      section.line(),
                      "has no effect: " + later.place() + " denies wherever it matches"));
    }
  }
}
