package dev.leasehold.broker;

import dev.leasehold.broker.audit.AuditLog;
import dev.leasehold.broker.audit.BrokerEvent;
import dev.leasehold.broker.config.Configuration;
import dev.leasehold.broker.config.LoadResult;
import dev.leasehold.broker.config.LoadResult.Loaded;
import dev.leasehold.broker.config.LoadResult.Refused;
import dev.leasehold.broker.engine.Engines;
import dev.leasehold.broker.lease.TaskEnds;
import dev.leasehold.broker.policy.Consents;
import dev.leasehold.broker.secret.Revocability;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.telemetry.Metrics;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration in force, and the taking over of another: as a whole or not at all. A running
 * task whose kind would change is ended, since it was opened under other rules; nothing is widened.
 */
final class Reload implements Supplier<Rules> {
  private static final Logger log = LoggerFactory.getLogger(Reload.class);

  private final Tasks tasks;
  private final Interception interception;
  private final Consents consents;
  private final Engines engines;
  private final Metrics metrics;
  private final AuditLog audit;
  private volatile Rules rules;
  private volatile Optional<String> refusal = Optional.empty();

  Reload(
      Configuration first,
      Tasks tasks,
      Interception interception,
      Consents consents,
      Engines engines,
      Metrics metrics,
      AuditLog audit) {
    this.tasks = tasks;
    this.consents = consents;
    this.engines = engines;
    this.interception = interception;
    this.metrics = metrics;
    this.audit = audit;
    this.rules = Rules.of(first, consents, engines.of(first.engines()));
    show(first);
  }

  @Override
  public Rules get() {
    return rules;
  }

  /** Why the newest configuration is not the one in force; empty when it is. */
  Optional<String> refusal() {
    return refusal;
  }

  /** Takes what came of reading the file again. One thread at a time. */
  synchronized void take(LoadResult result, TaskEnds ends) {
    switch (result) {
      case Refused(var errors, var warnings) ->
          refuse("(none)", errors.size() + " errors, the first: " + errors.getFirst());
      case Loaded(Configuration next, var warnings) -> {
        warnings.forEach(warning -> log.warn("event=config_warning text=\"{}\"", warning));
        List<String> fixed = rules.configuration().nonReloadable(next);
        if (!fixed.isEmpty()) {
          refuse(next.version(), "takes a restart: " + String.join(", ", fixed));
        } else {
          swap(next, ends);
        }
      }
    }
  }

  private void swap(Configuration next, TaskEnds ends) {
    if (next.version().equals(rules.configuration().version())) {
      accepted();
      return;
    }
    try {
      interception.cover(next);
    } catch (IOException unpublished) {
      refuse(next.version(), String.valueOf(unpublished.getMessage()));
      return;
    }
    Set<String> changed = rules.configuration().changedKinds(next);
    end(changed, ends); // first, so that no running task is judged by rules that are wider
    rules = Rules.of(next, consents, engines.of(next.engines()));
    end(changed, ends); // again, for what was opened by the old rules in between
    show(next);
    accepted();
    audit.append(new BrokerEvent.ConfigLoaded(next.version()));
    log.info("event=config_loaded version={} kinds_ended={}", next.version(), changed);
  }

  private void end(Set<String> kinds, TaskEnds ends) {
    for (Task task : tasks.open()) {
      if (task.isActive() && kinds.contains(task.kind().name())) {
        ends.end(task, Signal.REVOKED, "the configuration of its kind has changed");
      }
    }
  }

  private void accepted() {
    refusal = Optional.empty();
    metrics.configRefused(false);
  }

  private void refuse(String version, String why) {
    refusal = Optional.of("the newest configuration is refused, an older one is in force: " + why);
    metrics.configRefused(true);
    audit.append(new BrokerEvent.ConfigRefused(version, why));
    log.error("event=config_refused cause=\"{}\"", why);
  }

  private void show(Configuration now) {
    metrics.unsafeSettings(now.unsafe());
    metrics.staticExceptions(
        now.credentials().values().stream()
            .filter(credential -> credential.revocability() == Revocability.STATIC)
            .map(credential -> credential.name())
            .toList());
    now.unsafe().forEach(name -> log.warn("event=unsafe_setting name={}", name));
  }
}
