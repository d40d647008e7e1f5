package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Reading;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.RootKeys;
import dev.leasehold.broker.config.keys.TaskKeys;
import dev.leasehold.broker.config.keys.VaultKeys;
import dev.leasehold.broker.vault.VaultConfig.Method;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What must agree under {@code vault:} and between it and the kinds. */
final class VaultChecks {
  private static final Duration LEAST_CALM = Duration.ofMinutes(1);
  private static final Duration MOST_CALM = Duration.ofMinutes(2);

  private VaultChecks() {}

  static void run(Document document, Reading reading) {
    Optional<Section> vault = document.root().find(RootKeys.VAULT);
    vault.ifPresent(section -> server(section, reading));
    vault
        .flatMap(section -> section.find(VaultKeys.LOGIN))
        .ifPresent(login -> login(login, document, reading));
    vault
        .flatMap(section -> section.find(VaultKeys.HEARTBEAT))
        .flatMap(heartbeat -> heartbeat.located(VaultKeys.HEARTBEAT_TTL))
        .ifPresent(ttl -> heartbeat(ttl, reading));
    roles(document, vault, reading);
    signing(document, reading);
  }

  /** A task keeps its CA, which is followed by another when a third of its life is left. */
  private static void signing(Document document, Reading reading) {
    Optional<Section> interception = document.root().find(RootKeys.INTERCEPTION);
    Optional<Duration> ttl = interception.flatMap(one -> one.find(RootKeys.INTERCEPTION_TTL));
    Optional<Duration> longest = longestTask(document);
    if (ttl.isPresent()
        && longest.isPresent()
        && ttl.get().compareTo(longest.get().multipliedBy(3)) < 0) {
      reading.error(
          interception.get().pathOf(RootKeys.INTERCEPTION_TTL),
          interception.get().lineOf(RootKeys.INTERCEPTION_TTL),
          "must be at least three times the longest ttl of a task kind");
    }
  }

  /** The longest life that a task may have. */
  static Optional<Duration> longestTask(Document document) {
    return document.kinds().values().stream()
        .flatMap(kind -> kind.find(TaskKeys.TTL).stream())
        .max(Comparator.naturalOrder());
  }

  private static void server(Section vault, Reading reading) {
    Optional<Boolean> bySpiffe = vault.find(VaultKeys.CA).map(Optional::isEmpty);
    if (bySpiffe.isPresent() && bySpiffe.get() != vault.isWritten(VaultKeys.SERVER_ID)) {
      reading.error(
          vault.pathOf(VaultKeys.SERVER_ID),
          vault.lineOf(VaultKeys.SERVER_ID),
          bySpiffe.get() ? "is required with ca: spiffe" : "belongs to ca: spiffe only");
    }
  }

  private static void login(Section login, Document document, Reading reading) {
    Optional<Boolean> byToken = login.find(VaultKeys.METHOD).map(Method.JWT::equals);
    if (byToken.isPresent() && byToken.get() != login.isWritten(VaultKeys.AUDIENCE)) {
      reading.error(
          login.pathOf(VaultKeys.AUDIENCE),
          login.lineOf(VaultKeys.AUDIENCE),
          byToken.get() ? "is required with method jwt" : "belongs to method jwt only");
    }
    Optional<Duration> longest = longestTask(document);
    login
        .located(VaultKeys.LOGIN_TTL)
        .filter(ttl -> longest.isPresent() && ttl.value().compareTo(longest.get()) <= 0)
        .ifPresent(
            ttl ->
                reading.error(
                    ttl.path(), ttl.line(), "must be longer than the longest ttl of a task kind"));
  }

  private static void heartbeat(Located<Duration> ttl, Reading reading) {
    if (ttl.value().compareTo(LEAST_CALM) < 0) {
      reading.warning(
          ttl.path(), ttl.line(), "below 60s a short pause of Vault ends every running task");
    } else if (ttl.value().compareTo(MOST_CALM) > 0) {
      reading.warning(
          ttl.path(), ttl.line(), "above 120s secrets outlive a killed sidecar for long");
    }
  }

  /** One token role bounds one thing: two kinds that shared one could use each other's secrets. */
  private static void roles(Document document, Optional<Section> vault, Reading reading) {
    Map<String, String> owners = new HashMap<>();
    vault
        .flatMap(section -> section.find(VaultKeys.HEARTBEAT))
        .flatMap(heartbeat -> heartbeat.located(VaultKeys.HEARTBEAT_ROLE))
        .ifPresent(role -> owners.put(role.value(), role.path()));
    for (Section kind : document.kinds().values()) {
      kind.find(TaskKeys.VAULT)
          .flatMap(section -> section.located(TaskKeys.ROLE))
          .ifPresent(
              role -> {
                String owner = owners.putIfAbsent(role.value(), role.path());
                if (owner != null) {
                  reading.error(role.path(), role.line(), "is already the role of " + owner);
                }
              });
    }
  }
}
